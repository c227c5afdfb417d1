//! What invented names and streets are made of. Nobody is meant.

/// How the names of ten people are written.
pub(super) const CHARSETS: &[&str] = &[
    "ascii", "ascii", "ascii", "ascii", "ascii", "ascii", "ascii", "latin", "latin", "beyond",
];

pub(super) const STEMS: &[&str] = &[
    "Amber", "Barrow", "Cinder", "Dapple", "Ember", "Fenni", "Gorse", "Hallow", "Ivory", "Juni",
    "Kestrel", "Larch", "Mallow", "Nettle", "Osier", "Pewter", "Quill", "Rook", "Sorrel",
    "Thistle", "Umber", "Vesper", "Willow", "Yarrow",
];

pub(super) const ENDINGS: &[&str] = &[
    "bank", "brook", "croft", "dene", "fold", "garth", "holt", "leigh", "mere", "rigg", "shaw",
    "stead", "thwaite", "wick", "wold", "worth",
];

pub(super) const GIVEN: &[&str] = &[
    "Ambrose", "Briony", "Cassius", "Delphine", "Evander", "Fenella", "Gideon", "Hesper", "Isolde",
    "Jericho", "Keziah", "Leander", "Marisol", "Ngozi", "Odell", "Petronel", "Quentin", "Rosalba",
    "Silvan", "Tamsin", "Ursa", "Vashti", "Wendell", "Xanthe", "Yusra", "Zebedee",
];

pub(super) const FAMILIES_LATIN: &[&str] = &[
    "Peñalume",
    "Søndervik",
    "Mühlgrün",
    "Grèvechamp",
    "Ñandúbal",
    "Åskedal",
    "Façonnet",
    "Castañuela Ríos",
];

pub(super) const GIVEN_LATIN: &[&str] = &[
    "Élodie",
    "Jörgen",
    "Iñigo",
    "Zoë",
    "André",
    "Mónica",
    "Bjørn",
    "Françoise",
];

pub(super) const FAMILIES_BEYOND: &[&str] = &[
    "Żółwicka",
    "Dvořůnek",
    "Őrszegi",
    "Çağlayıldız",
    "Нововерская",
    "Κυματίδης",
];

pub(super) const GIVEN_BEYOND: &[&str] = &["Łucja", "Řehoř", "Győző", "Işıl", "Вероника", "Ελπίδα"];

pub(super) const STREETS: &[&str] = &[
    "Barnacle",
    "Capstan",
    "Driftwood",
    "Eelgrass",
    "Foghorn",
    "Gullwing",
    "Halyard",
    "Jetty",
    "Kelp",
    "Lantern",
    "Mooring",
    "Oyster",
    "Pelican",
    "Rudder",
    "Spinnaker",
    "Tideline",
];

pub(super) const STREET_KINDS: &[&str] = &["Court", "Drive", "Hill", "Lane", "Road", "Street"];
