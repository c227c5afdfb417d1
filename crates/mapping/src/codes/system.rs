//! Names of code systems, of which most have several.

/// One line per system: its names of HL7 table 0396 and of everyday use, and its object identifier.
const ALIASES: &[&[&str]] = &[
    &["LN", "LOINC", "2.16.840.1.113883.6.1"],
    &["L", "LOCAL"],
    &["I10", "I10C", "ICD10", "ICD10CM", "2.16.840.1.113883.6.90"],
    &["I9", "I9C", "ICD9", "ICD9CM", "2.16.840.1.113883.6.103"],
    &["SCT", "SNOMED", "SNOMEDCT", "2.16.840.1.113883.6.96"],
    &["CDCREC", "CDCRECS", "2.16.840.1.113883.6.238"],
    &["CVX", "2.16.840.1.113883.12.292"],
    &["MVX", "2.16.840.1.113883.12.227"],
    &["NDC", "2.16.840.1.113883.6.69"],
    &["RXNORM", "2.16.840.1.113883.6.88"],
    &["UCUM", "2.16.840.1.113883.6.8"],
    &["C4", "CPT", "CPT4", "2.16.840.1.113883.6.12"],
];

/// Whether two names mean the same system. An empty name is no system and equals none.
pub(super) fn same(a: &str, b: &str) -> bool {
    !a.trim().is_empty()
        && (equal(a, b) || ALIASES.iter().any(|names| has(names, a) && has(names, b)))
}

pub(super) fn is_loinc_system(system: &str) -> bool {
    same(system, "LN")
}

fn has(names: &[&str], system: &str) -> bool {
    names.iter().any(|name| equal(name, system))
}

/// Blanks, hyphens and case do not count: `ICD-10-CM`, `Icd10cm`. Dots do, in identifiers.
fn equal(a: &str, b: &str) -> bool {
    significant(a).eq(significant(b))
}

fn significant(system: &str) -> impl Iterator<Item = char> {
    let counts = |c: &char| c.is_alphanumeric() || *c == '.';
    system
        .chars()
        .filter(counts)
        .map(|c| c.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn names_of_one_system_are_the_same() {
        let cases = [
            ("LN", "LOINC", true),
            ("ln", "2.16.840.1.113883.6.1", true),
            ("I10", "ICD-10-CM", true),
            ("I10C", "i10", true),
            ("HL70005", "hl70005", true),
            ("99LAB", "99lab", true),
            ("LN", "L", false),
            ("I10", "I9", false),
            ("", "", false),
            ("2.16.840.1.113883.6.12", "2.16.840.1.113883.6.1.2", false),
        ];
        for (a, b, expected) in cases {
            assert_eq!(same(a, b), expected, "{a} {b}");
            assert_eq!(same(b, a), expected, "{b} {a}");
        }
    }
}
