//! Files and folders: as programs see them, and as the disk has them.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};

use crate::file::File;
use crate::luck::Luck;

/// The number of a file or folder.
pub(crate) type Number = u64;

pub(crate) const ROOT: Number = 1;

/// All of a disk.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: HashMap<Number, Node>,
    newest: Number,
    /// Changes of folders that are not on the disk yet, in order.
    journal: Vec<Vec<Naming>>,
}

/// A file or folder, and whose it is.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) owner: Owner,
    pub(crate) content: Content,
}

/// Whose a file is and what they may do with it. On the disk at once: no promise hangs on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    pub(crate) user: u32,
    pub(crate) group: u32,
    pub(crate) mode: u16,
}

#[derive(Debug)]
pub(crate) enum Content {
    File(File),
    Folder(Folder),
}

#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) entries: BTreeMap<OsString, Number>,
    durable: BTreeMap<OsString, Number>,
}

/// A name comes to stand for something, or for nothing any more.
#[derive(Debug)]
struct Naming {
    folder: Number,
    name: OsString,
    node: Option<Number>,
}

impl Tree {
    pub(crate) fn new(owner: Owner) -> Tree {
        let content = Content::Folder(Folder::default());
        Tree {
            nodes: HashMap::from([(ROOT, Node { owner, content })]),
            newest: ROOT,
            journal: Vec::new(),
        }
    }

    pub(crate) fn node(&self, number: Number) -> Option<&Node> {
        self.nodes.get(&number)
    }

    pub(crate) fn node_mut(&mut self, number: Number) -> Option<&mut Node> {
        self.nodes.get_mut(&number)
    }

    pub(crate) fn file(&self, number: Number) -> Option<&File> {
        match &self.node(number)?.content {
            Content::File(file) => Some(file),
            Content::Folder(_) => None,
        }
    }

    pub(crate) fn file_mut(&mut self, number: Number) -> Option<&mut File> {
        match &mut self.node_mut(number)?.content {
            Content::File(file) => Some(file),
            Content::Folder(_) => None,
        }
    }

    pub(crate) fn folder(&self, number: Number) -> Option<&Folder> {
        match &self.node(number)?.content {
            Content::Folder(folder) => Some(folder),
            Content::File(_) => None,
        }
    }

    pub(crate) fn find(&self, folder: Number, name: &OsStr) -> Option<Number> {
        self.folder(folder)?.entries.get(name).copied()
    }

    /// Adds a file or folder under a name that is free.
    pub(crate) fn add(&mut self, folder: Number, name: &OsStr, node: Node) -> Number {
        self.newest += 1;
        let number = self.newest;
        self.nodes.insert(number, node);
        self.change(vec![naming(folder, name, Some(number))]);
        number
    }

    /// Whoever has the file open keeps it.
    pub(crate) fn remove(&mut self, folder: Number, name: &OsStr) {
        self.change(vec![naming(folder, name, None)]);
    }

    /// Takes the place of what had the new name.
    pub(crate) fn rename(&mut self, from: (Number, &OsStr), to: (Number, &OsStr)) {
        let node = self.find(from.0, from.1);
        self.change(vec![naming(from.0, from.1, None), naming(to.0, to.1, node)]);
    }

    /// The bytes of the file, and not its name.
    pub(crate) fn flush_file(&mut self, number: Number) {
        if let Some(file) = self.file_mut(number) {
            file.flush();
        }
    }

    /// The names in the folder, and whatever was named before them.
    pub(crate) fn flush_folder(&mut self, number: Number) {
        let touches = |change: &Vec<Naming>| change.iter().any(|naming| naming.folder == number);
        let count = self
            .journal
            .iter()
            .rposition(touches)
            .map_or(0, |last| last + 1);
        self.make_durable(count);
    }

    pub(crate) fn flush_all(&mut self) {
        self.make_durable(self.journal.len());
        for node in self.nodes.values_mut() {
            if let Content::File(file) = &mut node.content {
                file.flush();
            }
        }
    }

    pub(crate) fn lose_power(&mut self, luck: &mut Luck) {
        self.make_durable(luck.survivors(self.journal.len()));
        self.journal.clear();
        // In their order, so that the same seed does the same.
        let mut numbers: Vec<Number> = self.nodes.keys().copied().collect();
        numbers.sort_unstable();
        for number in numbers {
            match self.nodes.get_mut(&number).map(|node| &mut node.content) {
                Some(Content::File(file)) => file.lose_power(luck),
                Some(Content::Folder(folder)) => folder.entries.clone_from(&folder.durable),
                None => {}
            }
        }
        self.forget_nameless();
    }

    fn change(&mut self, change: Vec<Naming>) {
        for naming in &change {
            if let Some(folder) = self.folder_mut(naming.folder) {
                naming.apply(&mut folder.entries);
            }
        }
        self.journal.push(change);
    }

    /// The first changes of the journal.
    fn make_durable(&mut self, count: usize) {
        let changes: Vec<_> = self.journal.drain(..count).flatten().collect();
        for naming in changes {
            if let Some(folder) = self.folder_mut(naming.folder) {
                naming.apply(&mut folder.durable);
            }
        }
    }

    fn folder_mut(&mut self, number: Number) -> Option<&mut Folder> {
        match &mut self.node_mut(number)?.content {
            Content::Folder(folder) => Some(folder),
            Content::File(_) => None,
        }
    }

    /// After a power cut nobody has anything open.
    fn forget_nameless(&mut self) {
        let mut named = vec![ROOT];
        let mut next = 0;
        while let Some(number) = named.get(next) {
            let folder = self.folder(*number);
            let inside: Vec<Number> = folder.map_or(Vec::new(), |folder| {
                folder.entries.values().copied().collect()
            });
            named.extend(inside);
            next += 1;
        }
        self.nodes.retain(|number, _| named.contains(number));
    }
}

impl Naming {
    fn apply(&self, entries: &mut BTreeMap<OsString, Number>) {
        match self.node {
            Some(number) => entries.insert(self.name.clone(), number),
            None => entries.remove(&self.name),
        };
    }
}

fn naming(folder: Number, name: &OsStr, node: Option<Number>) -> Naming {
    Naming {
        folder,
        name: name.to_owned(),
        node,
    }
}

/// The bits of a mode that say who may do what.
pub(crate) fn permissions(mode: u32) -> u16 {
    u16::try_from(mode & 0o7777).unwrap_or_default()
}
