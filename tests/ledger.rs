//! The golden ledger: this version reads every form in which an event was ever written, and writes it back byte for
//! byte, since the chain's hashes are made over these bytes.
//!
//! `tests/ledger/events.jsonl` has one form on each line. Lines are added, never changed or removed: existing ledgers
//! contain them. `UPDATE_LEDGER=1 cargo test -p tests --test ledger` adds the forms of new events.
#![allow(clippy::expect_used)]

use model::atr::{Finding, Outcome};
use model::clock::Lane;
use model::lifecycle::{
    By, CallOutcome, Case, Channel, ContactMeans, Event, EventBody as B, EventKind, Gender, Ground, HearingMeans,
    Party, Position, Side, VisitFinding,
};
use model::lodging::{Affected, Reason};
use model::visit::{CheckAnswer, Checked, Meeting, Shot};
use model::{AttachmentId, Language, Lgd, OfficeId, PersonId, Reference, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

const EVENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ledger/events.jsonl");
const LIVES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ledger/lives.jsonl");

fn lodged(more: bool) -> B {
    B::Lodged {
        reference: Reference::from_payload(48_319_027_551),
        citizen: PersonId::new(77),
        number_verified: more,
        channel: if more { Channel::Web } else { Channel::Call },
        language: Language::Bengali,
        gender: if more { Gender::Woman } else { Gender::Unstated },
        category: more.then(|| "water.tubewell".into()),
        district: more.then_some(Lgd::new(307)),
        place: more.then_some(Lgd::new(2827)),
        urban: more.then_some(false),
        lane: if more { Lane::Emergency24 } else { Lane::Ordinary },
        photos: if more { photos() } else { Vec::new() },
        rules_version: 1,
        reasons: if more { vec![Reason { question: "danger".into(), option: "now".into() }] } else { Vec::new() },
        affected: more.then_some(Affected::ALL[0]),
        about_office: more,
        confidential: more,
        voice: more.then(|| AttachmentId::from("0123456789abcdef0123456789abcdef")),
        origin: None,
    }
}

fn photos() -> Vec<AttachmentId> {
    vec!["00112233445566778899aabbccddeeff".into()]
}

/// Every event, with each of its fields empty and filled, and each of its codes.
fn samples() -> Vec<B> {
    let party = |office: Option<u32>| Party { department: "PHE".into(), office: office.map(OfficeId::new) };
    let categorised = |more: bool| B::Categorised {
        category: "water.tubewell".into(),
        department: "PHE".into(),
        lane: if more { Lane::Emergency2 } else { Lane::Ordinary },
        district: more.then_some(Lgd::new(307)),
        place: more.then_some(Lgd::new(2827)),
        shielded: more,
        complained_of: more.then(|| party(None)),
    };
    let call = |outcome, closes| B::CallRecorded { outcome, call_id: "c-1".into(), closes, later: None, seconds: None };
    let position = Position { latitude_micro: 23_668_800, longitude_micro: 87_682_300, accuracy_m: 12 };
    let visit = |finding, position, photos| B::VisitRecorded {
        finding,
        position,
        photos,
        meeting: None,
        checks: Vec::new(),
        shots: Vec::new(),
    };
    let report = |outcome, findings, own, next_date: Option<&str>| B::AtrSubmitted {
        outcome,
        findings,
        photos: if own { photos() } else { Vec::new() },
        own,
        next_date: next_date.map(|date| date.parse().expect("a date")),
        shots: Vec::new(),
    };
    let findings = vec![
        Finding::Blank,
        Finding::FutureTense,
        Finding::NotOurs,
        Finding::PassedOn,
        Finding::NoContact,
        Finding::NoNextDate,
        Finding::NoPhoto,
    ];
    // Findings that the first versions did not make.
    let judged = vec![Finding::BoilerPlate, Finding::NearCopy, Finding::OtherMatter, Finding::Abuse];
    let seen = vec![Finding::UsedBefore, Finding::Elsewhere];
    let mut all = vec![
        lodged(false),
        lodged(true),
        B::InformationRequested,
        B::InformationProvided { photos: photos() },
        B::InformationReminded,
        B::InformationOverdue,
        B::InformationAdded { photos: Vec::new() },
        B::Reminded,
        categorised(false),
        categorised(true),
        B::Forwarded { office: OfficeId::new(1) },
        B::TransferOffered { to: party(Some(2)) },
        B::TransferAccepted,
        B::TransferRefused,
        B::TransferBounced { to_cell: true },
        report(Outcome::Done, Vec::new(), false, None),
        report(Outcome::CannotBeDone, findings, true, None),
        report(Outcome::PartlyDone, Vec::new(), false, Some("2026-12-05")),
        report(Outcome::Done, judged, false, None),
        report(Outcome::Done, seen, false, None),
        B::AtrReturned,
        B::AtrAccepted,
        B::VisitOrdered { chance_per_mille: 1000 },
        B::VisitNotDrawn { chance_per_mille: 20 },
        call(CallOutcome::NotReached, true),
        visit(VisitFinding::DoneCitizenAgrees, Some(position), photos()),
        B::Confirmed,
        B::Agreed,
        B::RestAwaited,
        B::Disputed { photos: Vec::new(), partly: false },
        B::Disputed { photos: photos(), partly: true },
        B::Merged { root: Reference::from_payload(1) },
        B::Unmerged,
        B::Split { into: Reference::from_payload(2) },
        B::Reopened,
        B::Appealed,
        B::AppealAnswered { photos: photos() },
        B::HearingSet { at: "2026-12-05T05:30:00Z".parse().expect("a time"), means: HearingMeans::AtOffice },
        B::HearingHeld { citizen: true, office: false },
        B::AppealDecided { upheld: false },
        B::EmergencySet { lane: Lane::Emergency2 },
        B::Escalated { level: 2, lane: None },
        B::Escalated { level: 1, lane: Some(Lane::Ordinary) },
        B::Withdrawn,
        B::Rated { stars: 4 },
        B::Noted,
        B::NumberDisowned,
        B::NumberChanged { citizen: PersonId::new(78) },
        B::NumberChangeRequested { to: PersonId::new(78) },
        B::NumberChangeRefused,
    ];
    let means = [ContactMeans::Phone, ContactMeans::Visit, ContactMeans::AtOffice];
    all.extend(means.map(|means| B::ContactRecorded { means }));
    all.extend(CallOutcome::ALL.map(|outcome| call(outcome, false)));
    all.push(B::CallRecorded {
        outcome: CallOutcome::CallLater,
        call_id: "c-1".into(),
        closes: false,
        later: Some("2026-12-05T12:30:00Z".parse().expect("a time")),
        seconds: Some(42),
    });
    let findings = [VisitFinding::CitizenAgrees, VisitFinding::DoneCitizenNotMet, VisitFinding::NotDone];
    all.extend(findings.map(|finding| visit(finding, None, Vec::new())));
    let shot = Shot {
        photo: "p".into(),
        at: "2026-12-05T12:30:00Z".parse().expect("a time"),
        position: None,
        token: String::new(),
    };
    let taken = Shot { position: Some(position), ..shot.clone() };
    let checked = |answer| Checked { check: "water.flows".into(), answer };
    all.extend(Meeting::ALL.map(|meeting| B::VisitRecorded {
        finding: VisitFinding::NotDone,
        position: Some(position),
        photos: photos(),
        meeting: Some(meeting),
        checks: CheckAnswer::ALL.map(checked).to_vec(),
        shots: vec![taken.clone()],
    }));
    all.push(B::AtrSubmitted {
        outcome: Outcome::Done,
        findings: Vec::new(),
        photos: photos(),
        own: false,
        next_date: None,
        shots: vec![shot, taken],
    });
    let grounds = [
        Ground::BeforeCourt,
        Ground::RightToInformation,
        Ground::ServiceMatter,
        Ground::StateSecurity,
        Ground::Suggestion,
    ];
    all.extend(grounds.map(|ground| B::Rejected { ground }));
    all.extend([Side::Cell, Side::Department, Side::Citizen].map(|side| B::NotedFor { side }));
    all
}

/// The lines of a golden file. With `UPDATE_LEDGER`, those of `new` that it lacks are added first.
fn golden(file: &str, new: &[String]) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let known: BTreeSet<&str> = text.lines().collect();
    let lacking: Vec<&String> = new.iter().filter(|line| !known.contains(line.as_str())).collect();
    if std::env::var_os("UPDATE_LEDGER").is_none() {
        assert_eq!(lacking, Vec::<&String>::new(), "{file} lacks these forms: run with UPDATE_LEDGER=1");
        return text.lines().map(str::to_owned).collect();
    }
    let mut text = text;
    for line in lacking {
        writeln!(text, "{line}").expect("memory");
    }
    std::fs::create_dir_all(Path::new(file).parent().expect("a folder")).expect("a folder");
    std::fs::write(file, &text).expect("the golden file");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn every_form_of_an_event_is_read_and_written_back_to_the_letter() {
    let new: Vec<String> = samples().iter().map(|body| serde_json::to_string(body).expect("json")).collect();
    let lines = golden(EVENTS, &new);
    let mut kinds = BTreeSet::new();
    for line in &lines {
        let body: B = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(&serde_json::to_string(&body).expect("json"), line);
        kinds.insert(body.kind());
    }
    let missing: Vec<_> = EventKind::ALL.into_iter().filter(|kind| !kinds.contains(kind)).collect();
    assert_eq!(missing, [], "events of which no form is kept");
}

#[test]
fn whoever_acts_is_written_as_ever() {
    for line in [
        r#"{"role":"citizen","staff":null,"department":null,"office":null}"#,
        r#"{"role":"office_officer","staff":10001,"department":"PHE","office":1}"#,
        r#"{"role":"system","staff":null,"department":null,"office":null}"#,
    ] {
        let by: By = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(serde_json::to_string(&by).expect("json"), line);
    }
    for role in Role::ALL {
        let name = serde_json::to_string(&role).expect("json");
        assert_eq!(serde_json::from_str::<Role>(&name).expect("a role"), role);
    }
}

/// A life in the ledger, and the case to which it led.
#[derive(Serialize, Deserialize)]
struct Life {
    events: Vec<Event>,
    /// The case after these events, as its row had it.
    case: serde_json::Value,
}

#[test]
fn old_lives_lead_where_they_led() {
    for (number, line) in golden(LIVES, &[]).iter().enumerate() {
        let life: Life = serde_json::from_str(line).unwrap_or_else(|error| panic!("line {}: {error}", number + 1));
        let case = Case::replay(&life.events).expect("a case");
        let now = serde_json::to_value(&case).expect("json");
        for (field, then) in life.case.as_object().expect("an object") {
            assert_eq!(&now[field], then, "line {}: {field}", number + 1);
        }
    }
}
