//! `cistern retry`.

use crate::prompt::Prompt;

#[test]
fn retry_hands_held_messages_to_the_importer_again() {
    let prompt = Prompt::after_demo();
    let states = |state: &str| prompt.good(&["list", "--state", state]).lines().count();
    assert_eq!([states("held"), states("received")], [4, 0]);
    let go_on =
        |number: u32, messages: u32| format!("decision {number}: {messages} messages go on\n");
    assert_eq!(prompt.good(&["retry", "50", "--by", "ada"]), go_on(2, 1));
    assert_eq!([states("held"), states("received")], [3, 1]);
    assert_eq!(prompt.good(&["retry", "50", "1", "4711"]), go_on(3, 0));
    assert_eq!(prompt.good(&["retry", "--all"]), go_on(4, 3));
    assert_eq!([states("held"), states("received")], [0, 4]);
}
