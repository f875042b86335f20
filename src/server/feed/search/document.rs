//! What stands in the index for a case: words, sounds, digits, and the codes by which it is filtered. No text is stored.
//!
//! Four kinds of terms share the fields. A word is its [`search_key`]; [`SOUND`] precedes the consonants that are heard in
//! it ([`skeleton`]), by which scripts meet; [`WITHHELD`] precedes what only those are shown from whom the identity is not
//! withheld; four digits that stand together are a term of the fields of numbers.

use crate::store::{Changed, Searchable};
use model::lifecycle::{Case, Party};
use model::likeness::skeleton;
use model::names::code_of;
use model::role::Standing;
use model::text::search_key;
use model::{Actor, DepartmentCode, Lgd, OfficeId, Role, Scope, StaffId, mask};
use tantivy::TantivyDocument;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};

/// Precedes the sound of a word.
pub(super) const SOUND: &str = "~";
/// Precedes a word, sound or digits of a withheld identity.
pub(super) const WITHHELD: &str = "!";
/// Stands behind the last digits of a mobile number.
pub(super) const END: &str = "$";
/// Digits that make up a term. Shorter runs would find too much.
pub(super) const GRAM: usize = 4;
/// Fewest consonants by which a word of a text is found. With two, half of a text sounds like something else.
pub(super) const HEARD_IN_TEXT: usize = 3;
/// Fewest consonants by which a name is found: one, for Bibi and Roy.
pub(super) const HEARD_IN_NAME: usize = 1;

/// The fields of a document.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    /// The reference number as it is stored; the key of a document.
    pub reference: Field,
    /// Place in the order of lodging: newer cases have greater ones.
    pub ordinal: Field,
    /// The case's version.
    pub version: Field,
    /// Text, added information and landmark: words and sounds that every reader of the case is shown.
    pub words: Field,
    /// The name: words and sounds. For a withheld identity also everything that is masked in its texts.
    pub name: Field,
    /// The digits of the reference number.
    pub number: Field,
    /// The digits of the mobile number.
    pub mobile: Field,
    /// Codes, whole: `stage:with_office`, `district:307`.
    pub code: Field,
}

/// The schema of the index.
pub(super) fn schema() -> (Schema, Fields) {
    let text = |record, fieldnorms| {
        let indexing = TextFieldIndexing::default().set_tokenizer("whitespace");
        TextOptions::default().set_indexing_options(indexing.set_index_option(record).set_fieldnorms(fieldnorms))
    };
    let digits = || text(IndexRecordOption::WithFreqsAndPositions, false);
    let mut schema = Schema::builder();
    let fields = Fields {
        reference: schema.add_u64_field("reference", INDEXED | FAST),
        ordinal: schema.add_u64_field("ordinal", FAST),
        version: schema.add_u64_field("version", FAST),
        words: schema.add_text_field("words", text(IndexRecordOption::WithFreqs, true)),
        // That a name is short says nothing.
        name: schema.add_text_field("name", text(IndexRecordOption::WithFreqs, false)),
        number: schema.add_text_field("number", digits()),
        mobile: schema.add_text_field("mobile", digits()),
        code: schema.add_text_field("code", STRING),
    };
    (schema.build(), fields)
}

/// The document of a case.
pub(super) fn document(fields: &Fields, changed: &Changed, found: &Searchable) -> TantivyDocument {
    let case = &changed.case;
    let mut document = TantivyDocument::new();
    document.add_u64(fields.reference, case.reference.as_u64());
    document.add_u64(fields.ordinal, changed.ordinal);
    document.add_u64(fields.version, u64::from(case.version));
    document.add_text(fields.number, grams(&format!("{:012}", case.reference.as_u64()), "").join(" "));
    let said = format!("{}\n{}", found.text, found.landmark);
    let mark = if case.shielded { WITHHELD } else { "" };
    let mut name = terms(&found.name, mark, HEARD_IN_NAME);
    if case.shielded {
        document.add_text(fields.words, terms(&mask::masked(&said, &found.name), "", HEARD_IN_TEXT));
        // With what the mask hides. What it does not hide is found twice, by those who are shown all of it.
        name.push(' ');
        name.push_str(&terms(&said, mark, HEARD_IN_TEXT));
    } else {
        document.add_text(fields.words, terms(&said, "", HEARD_IN_TEXT));
    }
    document.add_text(fields.name, name);
    // Whoever has a disowned number has nothing to do with the case.
    if let Some(mobile) = found.mobile.as_ref().filter(|_| !case.disowned) {
        document.add_text(fields.mobile, tail_grams(mobile.as_str(), mark).join(" "));
    }
    for code in codes(case) {
        document.add_text(fields.code, code.to_string());
    }
    document
}

/// The words of a text, each followed by its sound where that has at least `heard` consonants.
fn terms(text: &str, mark: &str, heard: usize) -> String {
    let key = search_key(text);
    let mut terms = String::with_capacity(2 * key.len());
    for word in key.split(' ').filter(|word| !word.is_empty()) {
        terms.extend([mark, word, " "]);
        if let Some(sound) = sound(word, heard) {
            terms.extend([mark, SOUND, &sound, " "]);
        }
    }
    terms
}

/// How a word sounds; `None` where fewer than `heard` consonants are heard, or where it has digits, which no two numbers
/// should share.
pub(super) fn sound(word: &str, heard: usize) -> Option<String> {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(skeleton(word)).filter(|sound| sound.len() >= heard)
}

/// Each [`GRAM`] digits that stand together, in order.
pub(super) fn grams(digits: &str, mark: &str) -> Vec<String> {
    let starts = 0..(digits.len() + 1).saturating_sub(GRAM);
    starts.filter_map(|at| Some(format!("{mark}{}", digits.get(at..at + GRAM)?))).collect()
}

/// As [`grams`], of digits that end a number.
pub(super) fn tail_grams(digits: &str, mark: &str) -> Vec<String> {
    let mut grams = grams(digits, mark);
    grams.push(END.to_owned());
    grams
}

/// A code by which cases are filtered.
#[derive(Debug, Clone, PartialEq, Eq, strum::Display)]
pub(super) enum Code {
    #[strum(to_string = "stage:{0}")]
    Stage(&'static str),
    #[strum(to_string = "district:{0}")]
    District(Lgd),
    #[strum(to_string = "place:{0}")]
    Place(Lgd),
    #[strum(to_string = "department:{0}")]
    Department(String),
    #[strum(to_string = "category:{0}")]
    Category(String),
    /// Read by the nodal officer of this department.
    #[strum(to_string = "department reads:{0}")]
    DepartmentReads(DepartmentCode),
    /// Read by this office.
    #[strum(to_string = "office reads:{0}")]
    OfficeReads(OfficeId),
    /// Lodged by this member of staff for the citizen.
    #[strum(to_string = "lodged by:{0}")]
    LodgedBy(StaffId),
    /// Acted on by this member of staff.
    #[strum(to_string = "handled by:{0}")]
    HandledBy(StaffId),
}

/// The codes of a case.
fn codes(case: &Case) -> Vec<Code> {
    let mut codes = vec![Code::Stage(code_of(&case.stage))];
    codes.extend(case.district.map(Code::District));
    codes.extend(case.place.map(Code::Place));
    codes.extend(case.department.clone().map(|code| Code::Department(code.into())));
    codes.extend(case.category.clone().map(|code| Code::Category(code.into())));
    codes.extend(case.lodged_by.map(Code::LodgedBy));
    codes.extend(case.handlers.iter().copied().map(Code::HandledBy));
    codes.extend(readers(case));
    codes
}

/// The departments and offices that may read a case, as the rulebook decides: those that have it or had it last, and whom
/// it is offered to.
fn readers(case: &Case) -> Vec<Code> {
    let own = case.department.clone().unwrap_or_default();
    let mut parties =
        vec![Party { department: own.clone(), office: None }, Party { department: own, office: case.office }];
    parties.extend(case.offered.as_ref().map(|offer| offer.to.clone()));
    let mut codes = Vec::new();
    for party in parties {
        let (role, scope, code) = match party.office {
            Some(office) => (Role::OfficeOfficer, Scope::Office(party), Code::OfficeReads(office)),
            None => {
                let department = party.department;
                (Role::NodalOfficer, Scope::Department(department.clone()), Code::DepartmentReads(department))
            }
        };
        let reads = Actor::anybody(role, scope).standing(case) != Standing::Outside;
        if reads && !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}
