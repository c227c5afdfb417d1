//! The messages of `testdata` are found in the order in which they were sent.
#![cfg(test)]

use cistern_testkit::testdata;

#[test]
fn messages_come_sorted_and_can_be_read() {
    let messages = testdata::messages();
    assert!(messages.is_sorted());
    let first = messages.first().expect("testdata holds messages");
    assert!(first.starts_with(testdata::path("messages")));
    assert_eq!(testdata::read(first).get(..3), Some(b"MSH".as_slice()));
}
