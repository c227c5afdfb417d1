//! The client: a person in care, with their demographics.

use super::{Field, RecordType, field, required};
use crate::value::Kind;

pub(super) const CLIENT: RecordType = RecordType {
    name: "client",
    about: "a person in care, with their demographics",
    status_field: None,
    correction: None,
    provisional: &[],
    fields: FIELDS,
};

const FIELDS: &[Field] = &[
    required("last_name", Kind::Text, "family name"),
    required("first_name", Kind::Text, "given name"),
    field("middle_name", Kind::Text, "second and further given names"),
    field("name_suffix", Kind::Text, "suffix such as Jr"),
    required("birth_date", Kind::Date, "date of birth"),
    field(
        "birth_date_estimated",
        Kind::Flag,
        "whether the date of birth is an estimate",
    ),
    field("sex_at_birth", Kind::Code, "sex at birth (table sex)"),
    field("gender", Kind::Code, "current gender (table sex)"),
    field("race", Kind::Codes, "race, several where sent (table race)"),
    field("ethnicity", Kind::Code, "ethnicity (table ethnicity)"),
    field("language", Kind::Code, "primary language (table language)"),
    field(
        "marital_status",
        Kind::Code,
        "marital status (table marital_status)",
    ),
    field("street", Kind::Text, "street address"),
    field("street2", Kind::Text, "other designation of the address"),
    field("city", Kind::Text, "city"),
    field("state", Kind::Text, "state or province"),
    field("zip", Kind::Text, "postal code"),
    field("county", Kind::Text, "county or parish"),
    field("country", Kind::Text, "country"),
    field("phone_home", Kind::Text, "home telephone"),
    field("phone_mobile", Kind::Text, "mobile telephone"),
    field("phone_work", Kind::Text, "work telephone"),
    field("email", Kind::Text, "e-mail address"),
    field(
        "client_number",
        Kind::Text,
        "the provider's own number of the client",
    ),
    field("account_number", Kind::Text, "patient account number"),
    field("ssn", Kind::Text, "social security number; restricted"),
    field(
        "vital_status",
        Kind::Code,
        "alive or deceased (table vital_status)",
    ),
    field("death_date", Kind::Date, "date of death"),
    field("hiv_status", Kind::Code, "HIV status"),
    field(
        "hiv_diagnosis_date",
        Kind::Date,
        "date of the HIV diagnosis",
    ),
    field(
        "aids_diagnosis_date",
        Kind::Date,
        "date of the AIDS diagnosis",
    ),
];
