//! Looking up coded values: the primary code, then the alternate.

use care::{Coded, Field, Finding, Severity};

use super::Run;
use super::text::{Fault, about_code};
use crate::codes::{Lookup, TEST};
use crate::rule::{Miss, Reading, TableUse, may_hold};
use crate::spot::Spot;

/// The components of code, text and system: of the primary coding and of the alternate
/// (CE, CWE, CNE).
const CODINGS: [[usize; 3]; 2] = [[1, 2, 3], [4, 5, 6]];

/// What a coded value comes down to.
pub(super) enum Meaning {
    Value(String),
    /// There is no code.
    Nothing,
    /// The rule's default takes its place.
    Default,
    /// The field is left alone.
    Leave,
    /// The record is not made.
    Drop,
}

impl<'a> Run<'_, 'a> {
    /// What the code at a spot means for a field. A word that the field may not hold, which only a
    /// decision can give, means no more than none.
    pub(super) fn meaning(
        &mut self,
        reading: &Reading,
        table: &TableUse,
        spot: &Spot<'a>,
        field: &Field,
    ) -> Result<Meaning, Fault> {
        let codings = self.codings(reading, table, spot)?;
        let mut unfit = None;
        for coded in &codings {
            match self
                .setting
                .codes
                .lookup(&coded.table, &coded.sender, &coded.code, &coded.system)
            {
                Lookup::Value(value) if may_hold(field, value) => {
                    return Ok(self.known(coded, &codings, value, spot));
                }
                Lookup::Value(value) => unfit = unfit.or(Some((coded, value))),
                Lookup::Skip => return Ok(self.skipped(coded, spot, field.required)),
                Lookup::Miss => {}
            }
        }
        let (coded, what) = match (unfit, codings.first()) {
            (Some((coded, value)), _) => {
                let what = format!("means {value:?}, which is no {}, by table", field.name);
                (coded, what)
            }
            (None, Some(first)) => (first, "is not in table".to_owned()),
            (None, None) => return Ok(Meaning::Nothing),
        };
        let severity = match table.miss {
            Miss::Pass => return Ok(Meaning::Value(coded.code.clone())),
            Miss::Default => return Ok(Meaning::Default),
            Miss::Hold => Severity::Hold,
            Miss::Warn => Severity::Warn,
        };
        let finding = about_code(severity, coded.clone(), &what);
        Ok(self.told(waiting(finding, &codings), spot))
    }

    /// The codings of a spot that have a code, the primary first.
    pub(super) fn codings(
        &self,
        reading: &Reading,
        table: &TableUse,
        spot: &Spot<'a>,
    ) -> Result<Vec<Coded>, Fault> {
        let coded = |code: String, text: String, system: String| Coded {
            table: table.name.clone(),
            sender: self.account.sender.clone(),
            code,
            text,
            system,
        };
        if spot.component().is_some() {
            let code = self.prepare(reading, spot, self.trimmed(spot)?)?;
            return Ok(code
                .map(|code| coded(code, String::new(), String::new()))
                .into_iter()
                .collect());
        }
        let mut codings = Vec::new();
        let mut texts = Vec::new();
        for [code, text, system] in CODINGS {
            let text = self.component(spot, text).unwrap_or_default();
            let code = self.prepare(reading, spot, self.component(spot, code)?)?;
            let system = self.component(spot, system).unwrap_or_default();
            match code.map(|code| code.trim().to_owned()) {
                Some(code) => codings.push(coded(code, text, system)),
                None => texts.extend(Some(text).filter(|text| !text.is_empty())),
            }
        }
        // A value of words alone (`^White`) is looked up by its words.
        if codings.is_empty() {
            codings.extend(
                texts
                    .into_iter()
                    .map(|text| coded(text, String::new(), String::new())),
            );
        }
        Ok(codings)
    }

    fn known(&mut self, coded: &Coded, tried: &[Coded], value: &str, spot: &Spot<'a>) -> Meaning {
        if coded.table == TEST && self.setting.codes.test(value).is_none() {
            let what = format!("means {value:?}, which is no test definition, by table");
            let finding = about_code(Severity::Hold, coded.clone(), &what);
            return self.told(waiting(finding, tried), spot);
        }
        Meaning::Value(value.to_owned())
    }

    fn skipped(&mut self, coded: &Coded, spot: &Spot<'a>, required: bool) -> Meaning {
        let mut finding = about_code(
            Severity::Info,
            coded.clone(),
            "is skipped by a decision on table",
        );
        finding.keys.clear();
        self.findings.push(finding.at(spot.path(self.outline)));
        if required {
            Meaning::Drop
        } else {
            Meaning::Leave
        }
    }

    fn told(&mut self, finding: Finding, spot: &Spot<'a>) -> Meaning {
        let holds = finding.severity == Severity::Hold;
        self.findings.push(finding.at(spot.path(self.outline)));
        if holds { Meaning::Drop } else { Meaning::Leave }
    }
}

/// The finding, freed by a decision on any of the codings that were tried.
fn waiting(finding: Finding, tried: &[Coded]) -> Finding {
    let keys = tried
        .iter()
        .flat_map(|coded| [coded.key(&coded.sender), coded.key("")]);
    keys.fold(finding, |finding, key| {
        if finding.keys.contains(&key) {
            finding
        } else {
            finding.waits_for(key)
        }
    })
}
