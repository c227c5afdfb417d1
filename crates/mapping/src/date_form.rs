//! Dates that do not follow HL7: `MM/DD/YYYY`.

use regex::{Captures, Regex};

/// The parts from the greatest to the least, each with its name in a form.
const PARTS: &[&str] = &["YYYY", "MM", "DD", "hh", "mm", "ss"];

/// A form of date, ready to read text.
#[derive(Clone, Debug)]
pub(crate) struct DateForm {
    pattern: Regex,
    /// How many of [`PARTS`] the form has.
    parts: usize,
}

impl DateForm {
    /// A form of `YYYY`, `MM`, `DD`, `hh`, `mm` and `ss` with anything but letters and digits
    /// between. The parts that it has must be the greatest, without a gap.
    pub(crate) fn parse(form: &str) -> Option<DateForm> {
        let mut pattern = String::from("^");
        let mut found = Vec::new();
        let mut rest = form;
        let mut after_part = false;
        while let Some(next) = rest.chars().next() {
            if let Some(place) = PARTS.iter().position(|part| rest.starts_with(part)) {
                let part = PARTS.get(place)?;
                rest = rest.strip_prefix(part)?;
                let stands_alone = !after_part && !rest.starts_with(char::is_alphanumeric);
                pattern.push_str(&group(place, part.len(), stands_alone));
                found.push(place);
            } else if next.is_alphanumeric() && next != 'T' {
                return None;
            } else {
                pattern.push_str(&regex::escape(next.encode_utf8(&mut [0; 4])));
                rest = rest.strip_prefix(next)?;
            }
            after_part = !next.is_ascii_punctuation() && !next.is_whitespace() && next != 'T';
        }
        pattern.push('$');
        found.sort_unstable();
        let complete = !found.is_empty() && found.iter().copied().eq(0..found.len());
        let pattern = Regex::new(&pattern).ok()?;
        complete.then_some(DateForm {
            pattern,
            parts: found.len(),
        })
    }

    /// The same date as HL7 writes it.
    pub(crate) fn to_hl7(&self, text: &str) -> Option<String> {
        let captures = self.pattern.captures(text.trim())?;
        (0..self.parts)
            .map(|place| digits(&captures, place))
            .collect()
    }
}

/// A month or day that separators set apart may have one digit.
fn group(place: usize, length: usize, stands_alone: bool) -> String {
    let least = if stands_alone && length == 2 {
        1
    } else {
        length
    };
    format!("(?<p{place}>[0-9]{{{least},{length}}})")
}

fn digits(captures: &Captures<'_>, place: usize) -> Option<String> {
    let text = captures.name(&format!("p{place}"))?.as_str();
    Some(format!("{text:0>2}"))
}

#[cfg(test)]
mod tests {
    use super::DateForm;

    #[test]
    fn forms_read_their_own_dates_only() {
        let cases = [
            ("MM/DD/YYYY", "07/14/1994", Some("19940714")),
            ("MM/DD/YYYY", "7/4/1994", Some("19940704")),
            ("MM/DD/YYYY", "1994-07-14", None),
            ("MM/DD/YYYY", "7/14/94", None),
            ("DD.MM.YYYY hh:mm", "14.07.1994 8:05", Some("199407140805")),
            (
                "YYYY-MM-DDThh:mm:ss",
                "1994-07-14T08:05:09",
                Some("19940714080509"),
            ),
            ("MMDDYYYY", "07141994", Some("19940714")),
            ("MMDDYYYY", "7141994", None),
            ("YYYY", "1994", Some("1994")),
        ];
        for (form, text, expected) in cases {
            let read = DateForm::parse(form).unwrap().to_hl7(text);
            assert_eq!(read.as_deref(), expected, "{form} {text}");
        }
    }

    #[test]
    fn a_form_with_gaps_repeats_or_other_letters_is_none() {
        for form in [
            "",
            "DD/YYYY",
            "MM/DD",
            "YYYY-YYYY",
            "DD MON YYYY",
            "MM/DD/YY",
            "YYYY hh",
        ] {
            assert!(DateForm::parse(form).is_none(), "{form}");
        }
    }
}
