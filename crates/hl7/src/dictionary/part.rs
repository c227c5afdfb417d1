//! What fields and components have in common.

/// Whether a field or component has to be valued (chapter 2, section 2.5.3.4).
///
/// Only versions from 2.7 on tell conditional fields from optional ones here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Optionality {
    /// `R`
    Required,
    /// `C`: required where the trigger event or another field says so.
    Conditional,
    /// `O`
    Optional,
    /// `W`: no longer to be sent.
    Withdrawn,
}

impl Optionality {
    /// The letter of the standard.
    ///
    /// ```
    /// use cistern_hl7::Optionality;
    ///
    /// assert_eq!(Optionality::Required.as_str(), "R");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Optionality::Required => "R",
            Optionality::Conditional => "C",
            Optionality::Optional => "O",
            Optionality::Withdrawn => "W",
        }
    }
}
