//! Prints every result of a message with its order and its notes:
//! `cargo run --example results < oru.hl7`.

use std::error::Error;
use std::io::{self, Read, Write};

use cistern_hl7::{Charset, Message, Outline, Path, Segment, path};

fn main() -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    let message = Message::parse(&bytes)?;
    let charset = message.charset()?;
    let text = |segment, path: Path| text(segment, &path, charset);
    let outline = Outline::of(&message);
    let mut out = io::stdout().lock();
    for obr in outline.named("OBR") {
        writeln!(out, "{}", text(obr, path!("OBR-4.2"))?)?;
        for obx in outline.under(obr, "OBX") {
            let [name, value, unit] = [path!("OBX-3.2"), path!("OBX-5"), path!("OBX-6.1")];
            let [name, value, unit] = [text(obx, name)?, text(obx, value)?, text(obx, unit)?];
            writeln!(out, "  {name}: {value} {unit}")?;
            for nte in outline.under(obx, "NTE") {
                writeln!(out, "    {}", text(nte, path!("NTE-3"))?)?;
            }
        }
    }
    Ok(())
}

/// What a person reads at a path, or nothing.
fn text(segment: Segment<'_>, path: &Path, charset: Charset) -> Result<String, Box<dyn Error>> {
    match segment.get(path).value() {
        Some(value) => Ok(value.plain_text(charset)?.into_owned()),
        None => Ok(String::new()),
    }
}
