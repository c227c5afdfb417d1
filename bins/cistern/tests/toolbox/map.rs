//! `cistern map`.

use crate::prompt::Prompt;

#[test]
fn map_decides_and_says_what_goes_on() {
    let prompt = Prompt::after_demo();
    assert_eq!(
        prompt.good(&[
            "map", "test", "VITDX", "L", "QUEST", "--skip", "--by", "ada"
        ]),
        "decision 2: 1 messages go on\n"
    );
    assert_eq!(
        prompt.bad(&["map", "test", "Q2207", "L", "QUARRY LABS", "no such test"]),
        "cistern: record a decision: the value is not one that table test can give\n"
    );
}
