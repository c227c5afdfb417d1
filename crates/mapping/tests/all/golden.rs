//! Every message of the test data, through the starter mappings, against a file that was reviewed.

use std::path::Path;

use cistern_mapping::{Codes, Mapping};

use crate::render;

#[test]
fn messages_of_the_test_data_give_what_was_reviewed() {
    let (mapping, codes) = (Mapping::starter(), Codes::starter());
    let messages = testkit::testdata::messages();
    assert!(messages.len() > 50, "the test data is there");
    for path in messages {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let golden = Path::new("tests/golden").join(name).with_extension("txt");
        let message = std::fs::read(&path).unwrap();
        testkit::golden::check(golden, render::mapped(&mapping, &codes, &message));
    }
}
