//! What is looked for, as a query of the index: every word must be found in some field, within the cases that the reader
//! may read.

use super::document::{Code, Fields, HEARD_IN_NAME, HEARD_IN_TEXT, SOUND, WITHHELD, grams, sound, tail_grams};
use super::places::Places;
use model::names::code_of;
use model::text::{ascii_digit, clean, digits, search_key};
use model::wire::{SearchFilters, SearchRequest};
use model::{Actor, Duty, Mobile, Reference, Role, Scope};
use std::ops::Bound;
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, InvertedIndexRangeQuery, Occur, PhraseQuery,
    Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

// Scores: a number comes before a telephone, that before a name, and that before words, whose BM25 reaches about 30.
const WHOLE_NUMBER: f32 = 10_000.0;
const PART_OF_NUMBER: f32 = 1_000.0;
const PHONE: f32 = 500.0;
/// Factor of a name's BM25.
const NAME: f32 = 20.0;
/// Factor of the BM25 of a name that sounds so.
const NAME_BY_SOUND: f32 = 10.0;
const NAME_BY_BEGINNING: f32 = 10.0;
/// Factor of the BM25 of a word that sounds so.
const WORD_BY_SOUND: f32 = 0.3;
const WORD_BY_BEGINNING: f32 = 0.5;
const PLACE: f32 = 1.0;
/// Fewest letters that are looked for as the beginning of a word.
const BEGINNING: usize = 2;
/// Most groups of digits that make up one number: `+91 98300 12 345`.
const GROUPS: usize = 6;

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// A word that is spelt, or fewer digits than are found in a number.
    Spelt(String),
    /// At least four digits.
    Digits {
        /// Without what stands between them.
        digits: String,
        /// The grievance number that they are.
        number: Option<Reference>,
        /// The mobile number that they are.
        mobile: Option<Mobile>,
    },
}

impl Word {
    fn of_digits(groups: &[String]) -> Self {
        let digits = groups.concat();
        if digits.len() < super::document::GRAM {
            return Self::Spelt(digits);
        }
        let number = Reference::parse(&digits).ok();
        let mobile = Mobile::parse(&digits).ok();
        Self::Digits { digits, number, mobile }
    }

    fn is_whole(&self) -> bool {
        matches!(self, Self::Digits { number: Some(_), .. } | Self::Digits { mobile: Some(_), .. })
    }
}

/// The words of what was typed. Groups of digits that make up a grievance or mobile number together are one word.
fn words(typed: &str) -> Vec<Word> {
    let (mut words, mut groups) = (Vec::new(), Vec::new());
    for piece in clean(typed).split_whitespace() {
        let is_number = piece.chars().all(|c| ascii_digit(c).is_some() || "+-–.()/".contains(c));
        if is_number && piece.chars().any(|c| ascii_digit(c).is_some()) {
            let parts = piece.split(|c| ascii_digit(c).is_none()).filter(|part| !part.is_empty());
            groups.extend(parts.map(digits));
        } else {
            words.append(&mut numbers(&groups));
            groups.clear();
            let key = search_key(piece);
            words.extend(key.split(' ').filter(|word| !word.is_empty()).map(|word| Word::Spelt(word.to_owned())));
        }
    }
    words.append(&mut numbers(&groups));
    words
}

/// Groups of digits as words: the longest that are a whole number together, all others by themselves.
fn numbers(groups: &[String]) -> Vec<Word> {
    let (mut words, mut rest) = (Vec::new(), groups);
    while !rest.is_empty() {
        let most = rest.len().min(GROUPS);
        let heads = (1..=most).rev().filter_map(move |length| rest.split_at_checked(length));
        let mut whole = heads.map(|(head, after)| (Word::of_digits(head), after));
        match whole.find(|(word, _)| word.is_whole()) {
            Some((word, after)) => {
                words.push(word);
                rest = after;
            }
            None => {
                let Some((first, after)) = rest.split_first() else { break };
                words.push(Word::of_digits(std::slice::from_ref(first)));
                rest = after;
            }
        }
    }
    words
}

/// What a reader finds besides what every reader of a case is shown.
struct Sight {
    /// Precede the names and numbers that they are shown: nothing, and [`WITHHELD`].
    marks: &'static [&'static str],
    /// Whether they may have whole numbers shown.
    numbers: bool,
}

impl Sight {
    fn of(role: Role) -> Self {
        let marks: &[&str] = match role {
            _ if !role.has(Duty::SeeIdentity) => &[],
            // As `Case::hides_citizen_from`.
            _ if role.is_of_department() => &[""],
            _ => &["", WITHHELD],
        };
        Self { marks, numbers: role.has(Duty::RevealNumber) || role.has(Duty::TakeIntake) }
    }
}

/// The query of a search by this reader. The condition `due` is left out: it moves with the clock.
pub(super) fn query(fields: &Fields, search: &SearchRequest, reader: &Actor, places: &Places) -> Box<dyn Query> {
    let maker = Maker { fields, places, sight: Sight::of(reader.role) };
    let mut all: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let words = words(&search.words);
    for (at, word) in words.iter().enumerate() {
        all.push((Occur::Must, maker.word(word, at + 1 == words.len())));
    }
    let SearchFilters { stage, due: _, district, department, office, category } = search.filters.clone();
    let codes = [
        stage.map(|stage| Code::Stage(code_of(&stage))),
        district.map(Code::District),
        department.map(|code| Code::Department(code.into())),
        office.map(Code::OfficeReads),
        category.map(|code| Code::Category(code.into())),
    ];
    all.extend(codes.into_iter().flatten().map(|code| (Occur::Must, maker.code(&code, 0.0))));
    all.extend(maker.reach(reader));
    if !all.iter().any(|(occur, _)| *occur == Occur::Must) {
        all.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))));
    }
    Box::new(BooleanQuery::new(all))
}

/// Makes the parts of a query.
struct Maker<'a> {
    fields: &'a Fields,
    places: &'a Places,
    sight: Sight,
}

impl Maker<'_> {
    /// The cases that a reader may read, as [`Actor::standing`] says.
    fn reach(&self, reader: &Actor) -> Option<(Occur, Box<dyn Query>)> {
        let code = match (&reader.scope, reader.staff) {
            (Scope::State, Some(staff)) if reader.role == Role::CounterOperator => Code::LodgedBy(staff),
            (Scope::State, Some(staff)) if reader.role == Role::AppellateAuthority => {
                return Some((Occur::MustNot, self.code(&Code::HandledBy(staff), 0.0)));
            }
            (Scope::State, Some(_)) => return None,
            (Scope::District(district), _) => Code::District(*district),
            (Scope::Department(department), _) => Code::DepartmentReads(department.clone()),
            (Scope::Office(party), _) => match party.office {
                Some(office) => Code::OfficeReads(office),
                None => return Some((Occur::Must, Box::new(EmptyQuery))),
            },
            (Scope::Own(_) | Scope::Case { .. } | Scope::State, _) => {
                return Some((Occur::Must, Box::new(EmptyQuery)));
            }
        };
        Some((Occur::Must, self.code(&code, 0.0)))
    }

    fn code(&self, code: &Code, score: f32) -> Box<dyn Query> {
        let term = Term::from_field_text(self.fields.code, &code.to_string());
        Box::new(ConstScoreQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), score))
    }

    /// Where a word may be found. The last one may be the beginning of a longer one.
    fn word(&self, word: &Word, last: bool) -> Box<dyn Query> {
        let found = match word {
            Word::Spelt(word) => self.spelt(word, last),
            Word::Digits { digits, number, mobile } => self.digits(digits, *number, mobile.as_ref()),
        };
        Box::new(BooleanQuery::union(found))
    }

    fn spelt(&self, word: &str, last: bool) -> Vec<Box<dyn Query>> {
        let Self { fields, sight, .. } = self;
        let begins = last && word.chars().count() >= BEGINNING;
        let mut found = vec![term(fields.words, word, 1.0)];
        found.extend(
            sound(word, HEARD_IN_TEXT).map(|sound| term(fields.words, &format!("{SOUND}{sound}"), WORD_BY_SOUND)),
        );
        if begins {
            found.push(beginning(fields.words, word, WORD_BY_BEGINNING));
        }
        for mark in sight.marks {
            found.push(term(fields.name, &format!("{mark}{word}"), NAME));
            let sound = sound(word, HEARD_IN_NAME);
            found.extend(sound.map(|sound| term(fields.name, &format!("{mark}{SOUND}{sound}"), NAME_BY_SOUND)));
            if begins {
                found.push(beginning(fields.name, &format!("{mark}{word}"), NAME_BY_BEGINNING));
            }
        }
        found.extend(self.places.named(word, begins).iter().map(|code| self.code(code, PLACE)));
        found
    }

    fn digits(&self, digits: &str, number: Option<Reference>, mobile: Option<&Mobile>) -> Vec<Box<dyn Query>> {
        let Self { fields, sight, .. } = self;
        // A year or a PIN code in a text, also in what is masked of it.
        let mut found = vec![term(fields.words, digits, 1.0)];
        found.extend(sight.marks.iter().map(|mark| term(fields.name, &format!("{mark}{digits}"), 1.0)));
        match number {
            Some(number) => {
                let term = Term::from_field_u64(fields.reference, number.as_u64());
                let whole = TermQuery::new(term, IndexRecordOption::Basic);
                found.push(Box::new(ConstScoreQuery::new(Box::new(whole), WHOLE_NUMBER)));
            }
            None => found.push(run(fields.number, &grams(digits, ""), PART_OF_NUMBER)),
        }
        let tail = mobile.map_or(digits, Mobile::as_str);
        if sight.numbers && tail.len() <= 10 {
            found.extend(sight.marks.iter().map(|mark| run(fields.mobile, &tail_grams(tail, mark), PHONE)));
        }
        found
    }
}

/// Cases in which a field has a term, scored by BM25.
fn term(field: Field, text: &str, factor: f32) -> Box<dyn Query> {
    let term = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs);
    Box::new(BoostQuery::new(Box::new(term), factor))
}

/// Cases in which a field has a term that begins so.
fn beginning(field: Field, text: &str, score: f32) -> Box<dyn Query> {
    let first = Bound::Included(Term::from_field_text(field, text));
    let last = Bound::Excluded(Term::from_field_text(field, &format!("{text}{}", char::MAX)));
    Box::new(ConstScoreQuery::new(Box::new(InvertedIndexRangeQuery::new(first, last)), score))
}

/// Cases in which a field has these terms one after another.
fn run(field: Field, terms: &[String], score: f32) -> Box<dyn Query> {
    let mut terms: Vec<Term> = terms.iter().map(|text| Term::from_field_text(field, text)).collect();
    let query: Box<dyn Query> = match terms.len() {
        0 => Box::new(EmptyQuery),
        1 => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::Basic)),
        _ => Box::new(PhraseQuery::new(terms)),
    };
    Box::new(ConstScoreQuery::new(query, score))
}
