//! Real messages of other projects, through the starter mappings.

use cistern_mapping::{Codes, Mapped, Mapping};
use hl7::{Message, split_messages};

use crate::render;

#[test]
fn no_message_of_the_corpus_stops_the_mapping() {
    let Some(folder) = testkit::corpus::folder() else {
        println!("the corpus is not there: nothing to do");
        return;
    };
    let (mapping, codes) = (Mapping::starter(), Codes::starter());
    let (mut wanted, mut records) = (0, 0);
    for entry in std::fs::read_dir(folder.join("messages")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for message in split_messages(&bytes) {
            let Ok(message) = Message::parse(message) else {
                continue;
            };
            if let Mapped::Import(import) = mapping.apply(&message, &render::setting(&codes)) {
                wanted += 1;
                records += import.changes.len();
            }
        }
    }
    println!("{wanted} messages are wanted and give {records} records");
    assert!(wanted > 100 && records > 100);
}
