//! Compares what a test made with a file that a person has read.

use std::env;
use std::fs;
use std::path::Path;

use crate::diff;

/// Fails, showing the lines that differ, unless `actual` is the content of the file at `path`.
///
/// A relative `path` starts at the package under test, where cargo runs its tests. With
/// `UPDATE_GOLDEN=1` in the environment the file is rewritten instead, to be reviewed with
/// `git diff`.
#[track_caller]
pub fn check(path: impl AsRef<Path>, actual: impl AsRef<[u8]>) {
    if env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        update(path.as_ref(), actual.as_ref());
    } else {
        compare(path.as_ref(), actual.as_ref());
    }
}

#[track_caller]
fn compare(path: &Path, actual: &[u8]) {
    let expected = match fs::read(path) {
        Ok(expected) => expected,
        Err(error) => panic!(
            "golden file {}: {error}; UPDATE_GOLDEN=1 writes it",
            path.display()
        ),
    };
    assert!(
        expected == actual,
        "golden file {} differs (- file, + test; UPDATE_GOLDEN=1 rewrites it):\n{}",
        path.display(),
        diff::lines(&expected, actual),
    );
}

#[track_caller]
fn update(path: &Path, actual: &[u8]) {
    if fs::read(path).is_ok_and(|expected| expected == actual) {
        return;
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, actual))
        .unwrap_or_else(|error| panic!("golden file {}: {error}", path.display()));
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::panic;
    use std::path::Path;

    use super::{compare, update};

    #[test]
    fn a_difference_shows_the_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("greeting.txt");
        fs::write(&path, "good\nmorning\n").unwrap();

        compare(&path, b"good\nmorning\n");
        let expected = format!(
            "golden file {} differs (- file, + test; UPDATE_GOLDEN=1 rewrites it):\n  \
             good\n- morning\n+ evening\n",
            path.display()
        );
        assert_eq!(failure(&path, b"good\nevening\n"), expected);
    }

    #[test]
    fn a_missing_file_is_a_failure_until_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/greeting.txt");
        let expected = format!(
            "golden file {}: No such file or directory (os error 2); UPDATE_GOLDEN=1 writes it",
            path.display()
        );
        assert_eq!(failure(&path, b"hello\n"), expected);

        update(&path, b"hello\n");
        compare(&path, b"hello\n");
    }

    fn failure(path: &Path, actual: &[u8]) -> String {
        let panicked = panic::catch_unwind(|| compare(path, actual)).unwrap_err();
        *panicked.downcast::<String>().unwrap()
    }
}
