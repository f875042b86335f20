use super::field::WORDS;
use super::*;
use model::atr::Outcome;
use model::lifecycle::{ContactMeans, Side};
use model::role::{Standing, allows};
use model::wire::CaseView;

/// Signals of forms need an owner that outlives them.
fn within<T>(test: impl FnOnce() -> T) -> T {
    let owner = Owner::new();
    owner.with(test)
}

#[test]
fn what_is_typed_in_one_form_stands_in_no_other() {
    within(|| {
        let (returned, noted) = (return_atr::form(), note::form(None));
        returned.words.type_in("The photo shows another road.");
        assert_eq!(returned.to_action(), Ok(Action::ReturnAtr { reason: "The photo shows another road.".to_owned() }));
        assert_eq!(noted.typed(), "");
        assert_eq!(noted.to_action(), Err(vec![Problem { at: WORDS, says: key::REFUSAL_TEXT_MISSING }]));
    });
}

#[test]
fn everything_that_is_missing_is_told_at_once_and_in_order() {
    within(|| {
        let contact = record_contact::form();
        let missing = [("choice", key::FIELD_CHOOSE), (WORDS, key::REFUSAL_TEXT_MISSING)];
        assert_eq!(contact.to_action(), Err(missing.map(|(at, says)| Problem { at, says }).to_vec()));
        contact.choice.choose(&ContactMeans::Visit);
        assert_eq!(contact.to_action(), Err(vec![Problem { at: WORDS, says: key::REFUSAL_TEXT_MISSING }]));
        contact.words.type_in("She showed us the pump.");
        let text = "She showed us the pump.".to_owned();
        assert_eq!(contact.to_action(), Ok(Action::RecordContact { means: ContactMeans::Visit, text }));
    });
}

#[test]
fn a_rejection_wants_a_ground_and_a_reason() {
    within(|| {
        let missing = [("choice", key::FIELD_CHOOSE), (WORDS, key::REFUSAL_TEXT_MISSING)];
        assert_eq!(reject::form().to_action(), Err(missing.map(|(at, says)| Problem { at, says }).to_vec()));
    });
}

#[test]
fn a_note_for_the_cell_alone_is_read_by_no_department() {
    within(|| {
        let cell = note::form(Some(Role::OperationalAnalyst));
        let office = note::form(Some(Role::OfficeOfficer));
        assert_eq!(cell.read_by_department(), "");
        office.text.type_in("Ask Rahima.");
        let note = Action::Note { side: Some(Side::Department), text: "Ask Rahima.".to_owned() };
        assert_eq!((office.read_by_department(), office.to_action()), ("Ask Rahima.".to_owned(), Ok(note)));
    });
}

#[test]
fn nothing_follows_a_case_that_nobody_has_looked_at() {
    within(|| {
        let wrong = merge::form(&case()).to_action().expect_err("no number");
        assert_eq!(wrong.first().map(|problem| problem.at), Some("root"));
    });
}

/// A case at the desk with the least it must have.
fn case() -> CaseView {
    let view = serde_json::json!({
        "line": {
            "reference": model::Reference::from_payload(7), "version": 3, "title": "Tube well", "language": "en", "stage": "registered",
            "lane": "ordinary", "district": 307, "place": null, "category": "water.tubewell", "department": null,
            "office": null, "lodged_at": "2026-11-02T04:30:00Z", "stage_since": "2026-11-02T04:30:00Z", "due": null,
            "disputes": 0
        },
        "channel": "web", "text": "No water.", "landmark": "", "name": "Rahima Bibi", "mobile": null,
        "number_verified": true, "shielded": false, "holder": "desk", "office_name": null, "citizen_seconds": 0,
        "holder_seconds": 0, "holder_due": null, "closed_at": null, "contacts": 0, "outcome": null, "visit_due": false,
        "root": null, "offered_to": null, "photos": [], "timeline": [], "actions": []
    });
    serde_json::from_value(view).expect("a case")
}

#[test]
fn a_form_begins_with_what_the_case_says() {
    within(|| {
        let missing = categorise::form(&case()).to_action().expect_err("no department");
        assert_eq!(missing, vec![Problem { at: "department", says: key::FIELD_CHOOSE }]);
    });
}

#[test]
fn a_report_reads_its_date_and_says_what_is_wrong_with_it() {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day");
    let of = |outcome, typed| submit_atr::next_date_of(Some(outcome), typed, today);
    let wrong = Problem { at: "next-date", says: key::DATE_PROBLEM_MONTH_FIRST };
    assert_eq!(of(Outcome::PartlyDone, "11/25/2040"), Err(wrong));
    let day = chrono::NaiveDate::from_ymd_opt(2040, 11, 25);
    assert_eq!(of(Outcome::PartlyDone, "২৫ নভেম্বর ২০৪০"), Ok(day));
    assert_eq!(of(Outcome::PartlyDone, ""), Ok(None));
    // The outcome "done" needs no date for the rest, and does not send one typed before.
    assert_eq!(of(Outcome::Done, "২৫ নভেম্বর ২০৪০"), Ok(None));
}

#[test]
fn every_action_that_staff_may_take_has_a_form() {
    within(|| {
        let view = case();
        let without = ActionKind::ALL.into_iter().filter(|kind| form(*kind, &view, None).is_none());
        for kind in without {
            let staff = Role::ALL.into_iter().filter(|role| !matches!(role, Role::Citizen | Role::System));
            for role in staff {
                let may = Standing::ALL.into_iter().any(|standing| allows(role, kind, standing));
                // These have a page of their own.
                let elsewhere = matches!(kind, ActionKind::Lodge | ActionKind::RequestNumberChange);
                assert!(!may || elsewhere, "{role:?} may {kind:?}");
            }
        }
    });
}
