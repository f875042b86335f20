//! What stands in the way of an action, each with its own refusal: found missing by changing the rulebook on purpose.

use super::*;

fn counter() -> Actor {
    staff(8, Role::CounterOperator, Scope::State)
}

fn number_request() -> Action {
    Action::RequestNumberChange { to: PersonId::new(99), reason: "SIM lost".into() }
}

#[test]
fn a_counter_asks_for_another_number_of_any_case_and_does_nothing_else_to_it() {
    for stage in [Stage::Registered, Stage::WithOffice, Stage::Redressed] {
        let mut life = Life::at(stage);
        assert_eq!(life.act(&counter(), Action::Note { text: "x".into(), side: None }), Err(Refusal::OutOfScope));
        assert_eq!(life.act(&other_nodal(), number_request()), Err(Refusal::OutOfScope), "no stranger");
        assert_eq!(life.act(&counter(), number_request()), Ok(stage));
    }
}

#[test]
fn in_an_emergency_the_citizen_is_called_and_not_asked_in_writing() {
    let mut life = Life::at(Stage::Registered);
    let declare = Action::SetEmergency { lane: Lane::Emergency24, reason: "wire on the road".into() };
    life.act(&analyst(), declare).expect("declared");
    let ask = Action::RequestInformation { missing: "কোন পাড়া?".into() };
    assert_eq!(life.act(&analyst(), ask), Err(Refusal::CallInstead));
}

#[test]
fn haste_is_asked_for_again_only_after_some_days() {
    let mut life = Life::at(Stage::WithOffice);
    assert_eq!(life.act(&citizen(), Action::Remind), Ok(Stage::WithOffice));
    assert_eq!(life.act(&citizen(), Action::Remind), Err(Refusal::RemindedAlready));
    life.now += Duration::days(life.rules.remind_days);
    assert_eq!(life.act(&citizen(), Action::Remind), Ok(Stage::WithOffice));
}

#[test]
fn a_case_is_rated_once() {
    let mut life = Life::at(Stage::Redressed);
    let rate = Action::Rate { stars: 4 };
    assert_eq!(life.act(&citizen(), rate.clone()), Ok(Stage::Redressed));
    assert_eq!(life.act(&citizen(), rate), Err(Refusal::RatedAlready));
}
