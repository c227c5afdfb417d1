//! What the fuzz target checks, on the inputs that it starts from and on those that it once found.

use std::fs;

use crate::any_split;

#[test]
fn seeds_and_what_was_found() {
    let mut files = 0;
    for folder in ["fuzz/seeds/codec", "../../testdata/regressions/codec"] {
        for file in fs::read_dir(folder).into_iter().flatten() {
            let file = file.unwrap().path();
            println!("{}", file.display());
            any_split::check(&fs::read(file).unwrap());
            files += 1;
        }
    }
    assert_ne!(files, 0, "the seeds lie in fuzz/seeds/codec");
}

/// The folders of `testdata/regressions` are watched by the same test of hl7.
#[test]
fn each_folder_of_inputs_is_that_of_the_target() {
    let names = |folder| {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names
            .filter(|name| !name.starts_with('.'))
            .collect::<Vec<_>>()
    };
    assert_eq!(names("fuzz/targets"), ["codec.rs"]);
    assert_eq!(names("fuzz/seeds"), ["codec"]);
}
