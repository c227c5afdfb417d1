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
