//! What the types of a folder cannot say: ranges, and that no folder is two.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Mistake, repeated};
use crate::config::Config;
use crate::config::place::Step::{self, Key, Nth};

impl Config {
    /// That every file has one way: in by one feed, and out into a folder that nobody watches
    /// and that no other has.
    pub(super) fn check_folders(&self) -> Result<(), Mistake> {
        let mut places = Vec::new();
        let mut paths = Vec::new();
        for (feed, index) in self.feed.iter().zip(0..) {
            for (folder, nth) in feed.folders.iter().zip(0..) {
                places.push([Key("feed"), Nth(index), Key("folders"), Nth(nth)]);
                paths.push(plain(&folder.path));
            }
        }
        let at = |index: usize, key| -> Vec<Step> {
            let place = places.get(index).copied();
            place.into_iter().flatten().chain([Key(key)]).collect()
        };
        if let Some(index) = repeated(&paths) {
            let sentence = "this folder is watched already";
            return Err(Mistake::new(at(index, "path"), sentence));
        }
        let folders = self.feed.iter().flat_map(|feed| &feed.folders);
        let mut taken = BTreeMap::new();
        for (folder, index) in folders.zip(0..) {
            let ways_out = [
                ("processed", folder.processed()),
                ("rejected", folder.rejected()),
            ];
            for (key, way_out) in ways_out {
                let way_out = plain(&way_out);
                if paths.contains(&way_out) {
                    let sentence = format!("{key} must not be a folder that is watched");
                    return Err(Mistake::new(at(index, key), sentence));
                }
                // Two that look for a free name at once may take the same.
                if *taken.entry(way_out).or_insert(index) != index {
                    let sentence = "files of another folder go here: one could replace the other";
                    return Err(Mistake::new(at(index, key), sentence));
                }
            }
        }
        Ok(())
    }
}

/// A path without the parts that lead nowhere: `in/` and `./in` are one folder.
fn plain(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path);
    absolute
        .unwrap_or_else(|_| path.to_owned())
        .components()
        .collect()
}
