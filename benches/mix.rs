//! A day's feed of an invented hospital: the mix of messages that parsing is measured with.

/// How many messages the mix has.
const COUNT: usize = 500;

/// Of a hundred messages: 55 admissions, 22 lab reports, 8 appointments, 7 vaccinations, 6 dense
/// ones (repetitions, escapes, subcomponents) and 2 long lab reports with notes. About 0.9 MB,
/// always the same, and no two alike.
pub fn mix() -> Vec<Vec<u8>> {
    let message = |number: usize| {
        // 37 and 100 have no common factor: each kind comes as often as it should, well shuffled.
        let text = match number * 37 % 100 {
            0..55 => admission(number),
            55..77 => lab_report(number, 3 + number % 8, false),
            77..85 => appointment(number),
            85..92 => vaccinations(number),
            92..98 => dense(number),
            _ => lab_report(number, 20 + number % 41, true),
        };
        text.replace('\n', "\r").into_bytes()
    };
    (0..COUNT).map(message).collect()
}

/// A document of 1 MiB in one OBX-5, in base64.
pub fn document() -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let data = (0..1_usize << 20).map(|place| {
        alphabet
            .get(scattered(place, 64))
            .map_or('A', |byte| char::from(*byte))
    });
    let mut message = header(1, "MDM^T02^MDM_T02") + &patient(1) + "OBX|1|ED|PDF^Document^L||^^^^";
    message.extend(data);
    (message + "||||||F\n").replace('\n', "\r").into_bytes()
}

/// 800 KB of nothing but delimiters, after a header.
pub fn delimiters_only() -> Vec<u8> {
    let delimiters = b"|^~&".iter().copied().cycle().take(800_000);
    b"MSH|^~\\&|\rZZZ|"
        .iter()
        .copied()
        .chain(delimiters)
        .collect()
}

fn admission(number: usize) -> String {
    header(
        number,
        one_of(
            number,
            ["ADT^A01^ADT_A01", "ADT^A08^ADT_A01", "ADT^A04^ADT_A01"],
        ),
    ) + &format!(
        "EVN||{}|||REG{}^Clerk^Invented\n",
        time(number),
        number % 90
    ) + &patient(number)
        + &format!(
            "PD1|||HARBOR STREET CLINIC^^10{:03}^^^^XX|99999{:05}^Lindqvist^Petra^^^^MD^^NPI\n",
            number % 7,
            number % 100
        )
        + &next_of_kin(number)
        + &visit(number)
        + &format!(
            "AL1|1|DA|70618^Penicillin^RXNORM|MO|Hives\nDG1|1||{}^I10|||A|||||||||1|\
             99999{:05}^Lindqvist^Petra^^^^MD\n",
            one_of(
                number,
                [
                    "I10^Essential hypertension",
                    "E11.9^Diabetes, type 2",
                    "R05^Cough"
                ]
            ),
            number % 100
        )
        + &insurance(number)
}

fn lab_report(number: usize, results: usize, notes: bool) -> String {
    let mut text = header(number, "ORU^R01^ORU_R01") + &patient(number) + &visit(number);
    text += &order(number);
    for place in 1..=results {
        text += &result(number, place);
        if notes {
            text += &note(number, place);
        }
    }
    text
}

fn order(number: usize) -> String {
    format!(
        "ORC|RE|P{number}^HARBOR|F{number}^QUARRY||CM||||{}|||99999{:05}^Lindqvist^Petra^^^^MD\n\
         OBR|1|P{number}^HARBOR|F{number}^QUARRY|24323-8^Comprehensive panel^LN|||{}|||||||{}|\
         BLD^Blood^HL70487|99999{:05}^Lindqvist^Petra^^^^MD||||||{}||LAB|F\n",
        time(number),
        number % 100,
        time(number + 1),
        time(number + 2),
        number % 100,
        time(number + 3),
    )
}

fn note(number: usize, place: usize) -> String {
    format!(
        "NTE|{place}|L|Result {place} was measured twice; the sample was {} and arrived \
         within {} minutes of its drawing, which is well inside the limit.\n",
        one_of(number + place, ["clear", "slightly hemolyzed", "icteric"]),
        scattered(number + place, 90),
    )
}

fn result(number: usize, place: usize) -> String {
    let test = one_of(
        number + place,
        [
            "718-7^Hemoglobin [Mass/volume] in Blood^LN^HGB^Hemoglobin^L|g/dL|12.0-16.0",
            "4544-3^Hematocrit of Blood by Automated count^LN^HCT^Hematocrit^L|%|36-46",
            "2345-7^Glucose^LN|mg/dL|70-99",
            "2951-2^Sodium [Moles/volume] in Serum or Plasma^LN|mmol/L|136-145",
            "24467-3^CD3+CD4+ (T4 helper) cells [#/volume] in Blood^LN|cells/uL|500-1400",
            "2160-0^Creatinine^LN^CREA^Creatinine^L|mg/dL|0.6-1.1",
        ],
    );
    let (code, unit_and_range) = test.split_once('|').unwrap_or((test, ""));
    format!(
        "OBX|{place}|NM|{code}||{}.{}|{unit_and_range}|{}|||F|||{}||LT{}^Tech^Invented\n",
        scattered(number * 31 + place, 400),
        scattered(number + place, 10),
        one_of(number * 7 + place, ["N", "H", "", "L"]),
        time(number + place),
        number % 20,
    )
}

fn appointment(number: usize) -> String {
    header(number, "SIU^S12^SIU_S12")
        + &format!(
            "SCH|{number}^HARBOR|{number}^QUARRY|||{}|ROUTINE^Routine visit^HL70276|\
             FOLLOWUP^Follow up after a result^L|NORMAL^Normal^HL70277|{}|min^minutes^ISO+|\
             ^^{}^{}^{}|99999{:05}^Lindqvist^Petra^^^^MD|(617)555-0{:03}^WPN^PH|||\
             99999{:05}^Lindqvist^Petra^^^^MD|||||BOOKED^Booked^HL70278\n",
            number % 5,
            15 * (number % 4 + 1),
            15 * (number % 4 + 1),
            time(number),
            time(number + 1),
            number % 100,
            number % 1000,
            number % 100,
        )
        + &patient(number)
        + &visit(number)
        + &format!(
            "RGS|1|A\nAIS|1|A|OFFICE^Office visit^L|{0}|15|min^minutes^ISO+|30|min^minutes^ISO+|\
             NO|BOOKED^Booked^HL70278\nAIL|1|A|CLINIC^ROOM{1}^^HARBOR|EXAM^Exam room^L||{0}|15|\
             min^minutes^ISO+|30|min^minutes^ISO+|NO|BOOKED^Booked^HL70278\n\
             AIP|1|A|99999{2:05}^Lindqvist^Petra^^^^MD|ATND^Attending^L||{0}|15|min^minutes^ISO+\n",
            time(number),
            number % 12,
            number % 100,
        )
}

fn vaccinations(number: usize) -> String {
    let mut text = header(number, "VXU^V04^VXU_V04") + &patient(number) + &next_of_kin(number);
    for dose in 0..5 + number % 3 {
        text += &dose_given(number, dose);
    }
    text
}

fn dose_given(number: usize, dose: usize) -> String {
    format!(
        "ORC|RE|V{number}{dose}^HARBOR|R{number}{dose}^REGISTRY||||||{0}|CLK{1}^Clerk^Invented\
         ||99999{2:05}^Lindqvist^Petra^^^^MD^^NPI^L^^^NPI\n\
         RXA|0|1|{0}||{3}|0.5|mL^MilliLiter^UCUM||00^New record^NIP001|\
         99999{2:05}^Lindqvist^Petra^^^^MD|^^^HARBOR||||L{4:05}|{5}|MSD^Merck^MVX|||CP|A\n\
         RXR|C28161^Intramuscular^NCIT|LA^Left arm^HL70163\n\
         OBX|1|CE|64994-7^Funding program eligibility^LN|1|V0{6}^Eligible^HL70064||||||F|||{0}\n\
         OBX|2|CE|30956-7^Vaccine type^LN|2|{3}||||||F\n",
        time(number + dose),
        number % 30,
        number % 100,
        one_of(
            number + dose,
            [
                "08^Hep B, adolescent^CVX",
                "141^Influenza^CVX",
                "20^DTaP^CVX"
            ]
        ),
        scattered(number + dose, 99_999),
        time(number + dose + 400),
        number % 5 + 1,
    )
}

/// Much structure and little text: repetitions, subcomponents and escapes.
fn dense(number: usize) -> String {
    let mut text = header(number, "ADT^A31^ADT_A05") + &patient(number);
    for place in 1..=11 + number % 5 {
        text += &dense_segment(number, place);
    }
    text
}

fn dense_segment(number: usize, place: usize) -> String {
    format!(
        "ZDN|{place}|{0}&1.2.{1}&ISO^A&B&{2}~{2}&&C^^D~^^^E&F|a^b^c~d^e^f~{1}^h&i^j|\
         \\T\\{0}\\S\\{1}\\R\\|&&{2}^&{0}&~^^^~1&2&3&4&5^6&7&8&9^{1}|x\\F\\y\\E\\z~\\X0D\\^\
         \\H\\bold\\N\\|{0}^{1}^{2}~{2}^{1}^{0}~{1}^{1}&{2}^{0}|||^^^&&{0}|~~{1}\n",
        scattered(number + place, 10_000),
        scattered(number * 3 + place, 500),
        one_of(number + place, ["up", "down", "", "sideways"]),
    )
}

fn header(number: usize, kind: &str) -> String {
    format!(
        "MSH|^~\\&|HARBOR_EHR^2.999.7.1^ISO|HARBOR|CISTERN|CLINIC|{}||{kind}|M{number:07}|P|2.5.1\
         |||AL|NE||UNICODE UTF-8\n",
        time(number)
    )
}

fn patient(number: usize) -> String {
    format!(
        "PID|1||{number:07}^^^HARBOR&2.999.7.1&ISO^MR~9{0:06}^^^STATE^PI||\
         {1}^{2}^{3}^^^^L|{4}|19{5:02}{6:02}{7:02}|{8}||2106-3^White^CDCREC|\
         {9} {10}^^Harbortown^MA^02{11:03}^USA^H||(617)555-0{11:03}^PRN^PH~^NET^Internet^\
         p{number}@example.org|{12}|en^English^ISO639|{13}|||A{0:06}^^^HARBOR^AN\n",
        scattered(number, 999_999),
        one_of(
            number,
            ["Okafor", "Bellweather", "Li", "Whitehorse-Quill", "Roe"]
        ),
        one_of(
            scattered(number, 50),
            ["Ngozi", "Al", "Petronella", "Ann", "Maximilian"]
        ),
        one_of(scattered(number, 9), ["", "Q", "Adaeze"]),
        one_of(number / 3, ["", "", "Kestrel^Dorothea"]),
        scattered(number, 80) + 20,
        number % 12 + 1,
        number % 28 + 1,
        one_of(number, ["F", "M"]),
        scattered(number, 900) + 1,
        one_of(
            number,
            [
                "Gullwing Court",
                "Invented Street",
                "Quay",
                "Upper Lighthouse Road"
            ]
        ),
        number % 1000,
        one_of(number / 2, ["", "(617)555-0199^WPN^PH^^1^617^5550199"]),
        one_of(number, ["M^Married^HL70002", "S", "", "D^Divorced^HL70002"]),
    )
}

fn next_of_kin(number: usize) -> String {
    format!(
        "NK1|1|{}^Chidi|{}||(617)555-0{:03}^PRN^CP||C^Emergency contact^HL70131\n",
        one_of(
            number,
            ["Okafor", "Bellweather", "Li", "Whitehorse-Quill", "Roe"]
        ),
        one_of(number, ["SPO^Spouse^HL70063", "MTH^Mother^HL70063", "FTH"]),
        number % 1000,
    )
}

fn visit(number: usize) -> String {
    format!(
        "PV1|1|{}|CLINIC^ROOM{}^{}^HARBOR||||99999{:05}^Lindqvist^Petra^^^^MD^^NPI|||{}||||{}|||\
         99999{:05}^Lindqvist^Petra^^^^MD|OP|V{number:07}|||||||||||||||||||||||||{}\n",
        one_of(number, ["O", "I", "E"]),
        number % 40,
        one_of(number, ["", "A", "B"]),
        number % 100,
        one_of(number, ["MED", "SUR", ""]),
        number % 9,
        (number + 1) % 100,
        time(number),
    )
}

fn insurance(number: usize) -> String {
    format!(
        "IN1|1|{}|State Plan (invented)|1 Plan Street^^Harbortown^MA^02100||(617)555-0100|||||\
         20260101|||||{}^Ann|SEL|19{:02}0101|||||||||||||||||ME{:06}\n",
        one_of(
            number,
            ["MCD^Medicaid^L|MEMCD", "PPO^Preferred^L|HMA", "SELF|"]
        ),
        one_of(
            number,
            ["Okafor", "Bellweather", "Li", "Whitehorse-Quill", "Roe"]
        ),
        scattered(number, 80) + 20,
        scattered(number, 999_999),
    )
}

fn time(number: usize) -> String {
    format!(
        "202605{:02}{:02}{:02}00-0400",
        number % 28 + 1,
        number % 24,
        scattered(number, 60)
    )
}

fn one_of<const N: usize>(number: usize, words: [&str; N]) -> &str {
    words.get(number % N).copied().unwrap_or_default()
}

/// A number below `limit` that neighbours do not resemble.
fn scattered(number: usize, limit: usize) -> usize {
    (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) % limit.max(1)
}
