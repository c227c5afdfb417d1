//! A file as one line for each valued leaf, for machines.

use std::fmt::{self, Display};

use hl7::{Leaf, Segment};

use crate::Failure;
use crate::ordinals::Ordinals;
use crate::parts::Part;
use crate::say::Printer;

/// Prints segment, ordinal, field, repetition, component, subcomponent and raw text of each leaf.
pub(super) fn print(
    part: &Part<'_>,
    ordinals: &mut Ordinals,
    out: &mut Printer,
) -> Result<(), Failure> {
    for segment in part.segments() {
        let ordinal = ordinals.next(segment.name());
        for leaf in segment.leaves().filter(|leaf| !leaf.raw().is_empty()) {
            print_leaf(segment, ordinal, leaf, out)?;
        }
    }
    Ok(())
}

fn print_leaf(
    segment: Segment<'_>,
    ordinal: usize,
    leaf: Leaf<'_>,
    out: &mut Printer,
) -> Result<(), Failure> {
    out.text(format_args!(
        "{}\t{ordinal}\t{}\t{}\t{}\t{}\t{}\n",
        Percent(segment.name()),
        leaf.field(),
        leaf.repetition(),
        leaf.component(),
        leaf.subcomponent(),
        Percent(leaf.raw()),
    ))
}

/// Bytes as text on one line: `%`, control characters and bytes that are not UTF-8 as `%XX`.
struct Percent<'a>(&'a [u8]);

impl Display for Percent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_written_as_hex = |c: char| c == '%' || c.is_control();
        for chunk in self.0.utf8_chunks() {
            for piece in chunk.valid().split_inclusive(is_written_as_hex) {
                match piece.char_indices().next_back() {
                    Some((at, c)) if is_written_as_hex(c) => {
                        let (plain, c) = piece.split_at_checked(at).unwrap_or((piece, ""));
                        f.write_str(plain)?;
                        write_hex(c.as_bytes(), f)?;
                    }
                    _ => f.write_str(piece)?,
                }
            }
            write_hex(chunk.invalid(), f)?;
        }
        Ok(())
    }
}

fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "%{byte:02X}"))
}

#[cfg(test)]
mod tests {
    use super::Percent;

    #[test]
    fn what_is_no_plain_text_is_written_in_hex() {
        let cases: [(&[u8], &str); 6] = [
            (b"plain text", "plain text"),
            ("Peña".as_bytes(), "Peña"),
            (b"100 %\ta\x00", "100 %25%09a%00"),
            (b"Pe\xF1a \xC3", "Pe%F1a %C3"),
            ("\u{85}\u{2028}".as_bytes(), "%C2%85\u{2028}"),
            (b"%%", "%25%25"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Percent(bytes).to_string(), expected);
        }
    }
}
