//! Sessions, codes, sign-ins, accounts, offices, numbers, turns, limits.

use super::{CITIZEN, Engine, now, witness};
use chrono::Duration;
use model::lifecycle::{CallOutcome, Party};
use model::quality::{CallKind, Mark, Marked, WhyChosen};
use model::wire::{Absence, Names, Office, OwnCalls};
use model::{Actor, Language, Lgd, Mobile, OfficeId, PersonId, Role, Rules, Scope, StaffId};
use server::store::{
    Account, AccountFilter, Allowance, Asker, Code, CodeJudged, CodeLimits, CodeRule, Heard, LineCall, LineWork,
    NewMessage, PhoneCall, Redeemed, Score, ScoresOf, Session, Setting, SignInCost, SignInCount, TriedCode,
};

fn mobile() -> Mobile {
    Mobile::parse("9830012345").expect("a number")
}

fn session(token: u8, actor: Actor) -> Session {
    Session {
        token_hash: [token; 32],
        actor,
        name: "রহিমা".into(),
        mobile: Some(mobile()),
        created: now() + Duration::seconds(token.into()),
        last_seen: now(),
        begun_by: None,
        ends: None,
        of_account: None,
    }
}

fn officer(role: Role) -> Account {
    let party = Party { department: "PHE".into(), office: Some(OfficeId::new(7)) };
    Account {
        actor: Actor::of_staff(StaffId::new(40), role, Scope::Office(party)),
        username: "officer".into(),
        name: "Officer".into(),
        password: "$argon2id$".into(),
        mobile: Some(mobile()),
    }
}

pub async fn a_session_holds_until_it_is_ended(engine: Engine) {
    let store = engine.open();
    let citizen = Actor::citizen(CITIZEN);
    for token in 1..=5 {
        store.create_session(&session(token, citizen.clone())).await.expect("kept");
    }
    assert_eq!(store.session(&[1; 32]).await.expect("read"), Some(session(1, citizen.clone())));
    store.touch_session(&[1; 32], now() + Duration::hours(1)).await.expect("touched");
    let touched = store.session(&[1; 32]).await.expect("read").expect("a session");
    assert_eq!(touched.last_seen, now() + Duration::hours(1));
    store.change_session(&Session { name: "other".into(), ..touched }).await.expect("changed");
    assert_eq!(store.session(&[1; 32]).await.expect("read").expect("a session").name, "other");
    store.end_session(&[2; 32]).await.expect("ended");
    assert_eq!(store.session(&[2; 32]).await.expect("read"), None);
    store.end_sessions_but(&citizen, 2).await.expect("ended");
    let mut left = Vec::new();
    for token in 1..=5 {
        left.extend(store.session(&[token; 32]).await.expect("read").map(|session| session.token_hash[0]));
    }
    assert_eq!(left, [4, 5], "the newest stay");
    // Handed over to the session that a page begins: signing out there ends both.
    assert!(store.hand_over_session(&[4; 32], &[9; 32], now() + Duration::minutes(5)).await.expect("handed over"));
    let begun = Session { begun_by: Some([9; 32]), ..session(6, citizen) };
    store.create_session(&begun).await.expect("kept");
    store.sign_out(&[6; 32]).await.expect("signed out");
    assert_eq!(store.session(&[4; 32]).await.expect("read"), None);
    store.sweep(now() + Duration::days(3)).await.expect("swept");
    assert_eq!(store.session(&[5; 32]).await.expect("read"), None, "its time is over");
}

pub async fn a_session_has_the_role_that_its_account_has_now(engine: Engine) {
    let store = engine.open();
    store.put_accounts(vec![officer(Role::OfficeOfficer)], now()).await.expect("kept");
    store.create_session(&session(1, officer(Role::OfficeOfficer).actor)).await.expect("kept");
    store.put_accounts(vec![officer(Role::Auditor)], now()).await.expect("changed");
    let found = store.session(&[1; 32]).await.expect("read").expect("a session");
    assert_eq!(found.actor.role, Role::Auditor);
    assert_eq!(store.account("officer").await.expect("read"), Some(officer(Role::Auditor)));
    assert_eq!(store.account("nobody").await.expect("read"), None);
    let Scope::Office(party) = officer(Role::Auditor).actor.scope else { panic!("an office") };
    assert_eq!(store.mobiles_of(&party).await.expect("read"), [mobile()]);
    let proved = session(3, officer(Role::Auditor).actor);
    assert!(!store.create_staff_session(&proved, "$argon2id$ of before").await.expect("asked"), "another password");
    assert_eq!(store.session(&[3; 32]).await.expect("read"), None);
    assert!(store.create_staff_session(&proved, "$argon2id$").await.expect("kept"));
    assert!(store.session(&[3; 32]).await.expect("read").is_some());
    let unknown = Actor { staff: Some(StaffId::new(41)), ..officer(Role::Auditor).actor };
    store.create_session(&session(2, unknown)).await.expect("kept");
    assert_eq!(store.session(&[2; 32]).await.expect("read"), None, "without an account there is no session");
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
}

pub async fn accounts_are_listed_by_name_and_changed_only_as_they_were_seen(engine: Engine) {
    let store = engine.open();
    let account = |staff, username: &str, role, scope| Account {
        actor: Actor::of_staff(StaffId::new(staff), role, scope),
        username: username.into(),
        ..officer(role)
    };
    let office = officer(Role::OfficeOfficer).actor.scope;
    let all = [
        account(1, "nodal.phe", Role::NodalOfficer, Scope::Department("PHE".into())),
        account(2, "nodal.phed", Role::NodalOfficer, Scope::Department("PHED".into())),
        account(3, "officer.bolpur", Role::OfficeOfficer, office),
        account(4, "auditor", Role::Auditor, Scope::State),
    ];
    for one in &all {
        assert!(store.change_account(None, one, now()).await.expect("added"));
    }
    let listed = async |filter: AccountFilter, after: &str| {
        let found = store.accounts(&filter, after, 3).await.expect("accounts");
        found.into_iter().map(|one| one.username).collect::<Vec<_>>()
    };
    assert_eq!(listed(AccountFilter::default(), "").await, ["auditor", "nodal.phe", "nodal.phed"]);
    assert_eq!(listed(AccountFilter::default(), "nodal.phed").await, ["officer.bolpur"]);
    let prefix = AccountFilter { prefix: "nodal".into(), ..AccountFilter::default() };
    assert_eq!(listed(prefix, "").await, ["nodal.phe", "nodal.phed"]);
    let department = AccountFilter { department: Some("PHE".into()), ..AccountFilter::default() };
    assert_eq!(listed(department.clone(), "").await, ["nodal.phe", "officer.bolpur"], "a department and its offices");
    let both = AccountFilter { roles: vec![Role::OfficeOfficer], ..department };
    assert_eq!(listed(both, "").await, ["officer.bolpur"]);
    let seen = &all[0];
    let disabled = Account { password: String::new(), ..seen.clone() };
    assert!(store.change_account(Some(seen), &disabled, now()).await.expect("changed"));
    let promoted = account(1, "nodal.phe", Role::Auditor, Scope::State);
    assert!(!store.change_account(Some(seen), &promoted, now()).await.expect("judged"), "it is not as it was seen");
    assert!(!store.change_account(None, &promoted, now()).await.expect("judged"), "its name is taken");
    assert_eq!(store.account("nodal.phe").await.expect("read"), Some(disabled));
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
}

pub async fn an_absence_is_one_for_each_and_ends_with_its_last_day(engine: Engine) {
    let store = engine.open();
    let day = |text: &str| text.parse::<chrono::NaiveDate>().expect("a day");
    let days = |first, last| Absence { first: day(first), last: day(last) };
    let (one, other, by) = (StaffId::new(1), StaffId::new(2), StaffId::new(9));
    let change = async |staff, seen, away| store.change_absence(staff, seen, away, by, now()).await.expect("judged");
    let (long, short) = (days("2026-11-25", "2026-12-20"), days("2026-11-26", "2026-11-28"));
    let single = days("2026-12-21", "2026-12-21");
    assert!(change(one, None, Some(long)).await);
    assert!(!change(one, None, Some(short)).await && !change(one, Some(short), None).await, "it is not as it was seen");
    assert!(change(one, Some(long), Some(short)).await);
    assert!(change(other, None, Some(single)).await);
    let absences = async |today: &str| {
        let found = store.absences(day(today)).await.expect("read");
        found.into_iter().map(|absence| (absence.staff, absence.days)).collect::<Vec<_>>()
    };
    let (first, second) = ((one, short), (other, single));
    assert_eq!(absences("2026-11-20").await, [first, second]);
    assert_eq!(absences("2026-11-28").await, [first, second]);
    assert_eq!(absences("2026-11-29").await, [second]);
    store.end_absence(other).await.expect("ended");
    store.end_absence(other).await.expect("ended twice");
    assert_eq!(absences("2026-11-28").await, [first]);
    // What is over counts as none.
    let later = now() + Duration::days(30);
    assert!(store.change_absence(one, None, Some(long), by, later).await.expect("judged"));
    store.end_absence(one).await.expect("ended");
    assert!(change(one, None, Some(short)).await);
    store.sweep(now() + Duration::days(801)).await.expect("swept");
    assert_eq!(absences("2026-11-28").await, []);
}

pub async fn a_code_opens_once_and_bears_few_guesses(engine: Engine) {
    let store = engine.open();
    let limits = CodeLimits { own: (3, 8), stranger: (2, 5), strangers_day: 8, address_hour: 20, address_most: 2_000 };
    let rule = CodeRule { minutes: 10, tries: 5 };
    let message = |body: &str| NewMessage {
        reference: None,
        to: mobile(),
        template: "code".into(),
        registered_id: "1".into(),
        language: Language::Bengali,
        body: body.into(),
        expires: Some(now() + Duration::minutes(10)),
        asked_for: true,
    };
    let code = |id: &str| Code { id: id.into(), mobile: mobile(), hash: [1; 32], created: now() };
    let asker = Asker::Stranger { address: [3; 32], worked: false, plain: false };
    let sent = store.create_code(&code("a"), asker, message("123456"), limits).await.expect("judged");
    assert_eq!(sent, CodeJudged::Sent);
    assert_eq!(store.mobile_of_code("a").await.expect("read"), Some(mobile()));
    let tried = |hash: u8| TriedCode { id: "a".into(), hash: [hash; 32], again: [8; 32] };
    assert_eq!(store.redeem_code(tried(2), now(), rule).await.expect("tried"), Redeemed::Wrong);
    assert_eq!(store.redeem_code(tried(1), now(), rule).await.expect("tried"), Redeemed::Right);
    assert_eq!(store.redeem_code(tried(1), now(), rule).await.expect("tried"), Redeemed::Right, "the same page again");
    let other = TriedCode { again: [7; 32], ..tried(1) };
    assert_eq!(store.redeem_code(other, now(), rule).await.expect("tried"), Redeemed::Expired);
    assert_eq!(store.create_code(&code("b"), asker, message("2"), limits).await.expect("judged"), CodeJudged::Sent);
    let third = store.create_code(&code("c"), asker, message("3"), limits).await.expect("judged");
    assert!(matches!(third, CodeJudged::Wait(600, Some(_))), "{third:?}");
    for _ in 0..5 {
        let wrong = TriedCode { id: "b".into(), hash: [9; 32], again: [1; 32] };
        assert_eq!(store.redeem_code(wrong, now(), rule).await.expect("tried"), Redeemed::Wrong);
    }
    let right = TriedCode { id: "b".into(), hash: [1; 32], again: [1; 32] };
    assert_eq!(store.redeem_code(right, now(), rule).await.expect("tried"), Redeemed::Expired, "guessed too often");
}

pub async fn failed_sign_ins_wait_and_right_ones_begin_anew(engine: Engine) {
    let store = engine.open();
    let counts = || vec![SignInCount { key: [5; 32], free: 2, cost: SignInCost::Growing(10, 600) }];
    for _ in 0..2 {
        assert_eq!(store.begin_sign_in(counts(), now()).await.expect("counted"), None);
    }
    assert_eq!(store.begin_sign_in(counts(), now()).await.expect("counted"), Some(10));
    let later = now() + Duration::seconds(11);
    assert_eq!(store.begin_sign_in(counts(), later).await.expect("counted"), None);
    assert_eq!(store.begin_sign_in(counts(), later).await.expect("counted"), Some(20), "doubled");
    store.end_sign_in(counts()).await.expect("taken back");
    assert_eq!(store.begin_sign_in(counts(), later).await.expect("counted"), None);
    let hourly = || vec![SignInCount { key: [6; 32], free: 1, cost: SignInCost::Hour }];
    assert_eq!(store.begin_sign_in(hourly(), now()).await.expect("counted"), None);
    assert_eq!(store.begin_sign_in(hourly(), now()).await.expect("counted"), Some(3_600));
}

pub async fn numbers_offices_and_rules_are_kept_on_record(engine: Engine) {
    let store = engine.open();
    assert_eq!(store.any_person().await.expect("read"), None);
    store.know_person(CITIZEN, &mobile()).await.expect("known");
    assert!(!store.is_verified(CITIZEN).await.expect("read"));
    store.mark_verified(CITIZEN, &mobile(), now()).await.expect("proved");
    store.mark_verified(CITIZEN, &mobile(), now()).await.expect("proved again, which changes nothing");
    assert!(store.is_verified(CITIZEN).await.expect("read"));
    assert_eq!(store.mobile_of(CITIZEN).await.expect("read"), Some(mobile()));
    assert_eq!(store.mobile_of(PersonId::new(8)).await.expect("read"), None);
    assert_eq!(store.any_person().await.expect("read"), Some((CITIZEN, mobile())));
    let office = |name: &str| Office {
        id: OfficeId::new(7),
        department: "PHE".into(),
        district: Some(Lgd::new(307)),
        name: Names { en: name.into(), bn: "দপ্তর".into(), ..Names::default() },
        closed: false,
    };
    store.put_offices(vec![office("one")], now()).await.expect("kept");
    store.put_offices(vec![office("two")], now()).await.expect("replaced");
    assert_eq!(store.offices().await.expect("read"), [office("two")]);
    store.put_rules(&Rules::default(), now()).await.expect("kept");
    let chains = store.chains().await.expect("read");
    assert_eq!((chains.records.seq, chains.readings.seq), (4, 0), "each change has its record");
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
    for change in ["UPDATE office SET name_en = 'three'", "DELETE FROM person", "UPDATE rule_set SET body = '{}'"] {
        let before = store.verify(witness()).await.expect("an audit").faults.len();
        engine.run(change).expect(change);
        assert!(store.verify(witness()).await.expect("an audit").faults.len() > before, "not found: {change}");
    }
}

pub async fn one_alone_has_a_turn_and_nobody_has_more_than_their_share(engine: Engine) {
    let store = engine.open();
    let minute = |minutes| now() + Duration::minutes(minutes);
    assert!(store.take_turn("call 1", "a", now(), minute(10)).await.expect("asked"));
    assert!(!store.take_turn("call 1", "b", minute(9), minute(19)).await.expect("asked"));
    assert!(store.take_turn("call 2", "b", now(), minute(10)).await.expect("asked"), "another thing");
    assert!(store.take_turn("call 1", "a", minute(9), minute(19)).await.expect("asked"), "again");
    assert!(store.take_turn("call 1", "b", minute(19), minute(29)).await.expect("asked"), "it is over");
    let turns = ["call 1", "call 2", "call 3"].map(String::from);
    assert_eq!(store.turns(&turns, minute(20)).await.expect("read"), [("call 1".to_owned(), "b".to_owned())]);
    let mut both = store.turns(&turns, minute(9)).await.expect("read");
    both.sort();
    assert_eq!(both, [("call 1", "b"), ("call 2", "b")].map(|(what, who)| (what.to_owned(), who.to_owned())));
    assert_eq!(store.turns(&[], now()).await.expect("read"), []);
    // Three at once, then one in ten seconds.
    let allowance = |seconds: i64| Allowance { key: [1; 32], cost: 10_000, most: 30_000, now: seconds * 1_000 };
    for _ in 0..3 {
        assert_eq!(store.admit(allowance(0)).await.expect("counted"), None);
    }
    assert_eq!(store.admit(allowance(0)).await.expect("counted"), Some(10_000));
    assert_eq!(store.admit(allowance(4)).await.expect("counted"), Some(6_000));
    assert_eq!(store.admit(allowance(10)).await.expect("counted"), None);
    assert_eq!(store.admit(Allowance { key: [2; 32], ..allowance(10) }).await.expect("counted"), None, "another's");
}

pub async fn what_is_administered_has_its_history_and_nobody_overwrites_it(engine: Engine) {
    let store = engine.open();
    let setting = |name: &str, text: Option<&str>| Setting {
        seq: 0,
        at: now(),
        who: "administrator".into(),
        name: name.into(),
        why: "by order".into(),
        text: text.map(str::to_owned),
        undoes: None,
    };
    assert_eq!(store.newest_setting().await.expect("read"), 0);
    assert_eq!(store.put_setting(&setting("rules.json", Some("{}")), 0).await.expect("kept"), Some(1));
    assert_eq!(
        store.put_setting(&setting("rules.json", Some("{ }")), 0).await.expect("judged"),
        None,
        "somebody was faster"
    );
    assert_eq!(store.put_setting(&setting("holidays.tsv", Some("date")), 1).await.expect("kept"), Some(2));
    assert_eq!(store.put_setting(&setting("rules.json", None), 2).await.expect("kept"), Some(3));
    let newest: Vec<(u64, Option<String>)> =
        store.settings().await.expect("read").into_iter().map(|setting| (setting.seq, setting.text)).collect();
    assert_eq!(newest, [(2, Some("date".into())), (3, None)]);
    let page = async |before| {
        let page = store.setting_history(before, 2).await.expect("read");
        page.iter().map(|one| one.seq).collect::<Vec<_>>()
    };
    assert_eq!((page(u64::MAX).await, page(2).await), (vec![3, 2], vec![1]));
    let first = store.setting(1).await.expect("read").expect("a change");
    assert_eq!((first.name.as_str(), first.text.as_deref()), ("rules.json", Some("{}")));
    assert_eq!(store.setting(4).await.expect("read").map(|one| one.seq), None);
    let (append, _) = super::lodged(1);
    let case = append.case.clone();
    store.append(append).await.expect("appended");
    store.put_due(case.reference, 1, Some(now()), None).await.expect("moved");
    let moved = store.cases_after(0, 9).await.expect("cases").remove(0);
    assert_eq!((moved.due, moved.deadline), (Some(now()), None));
    store.create_session(&session(1, officer(Role::Auditor).actor)).await.expect("kept");
    store.put_accounts(vec![officer(Role::Auditor)], now()).await.expect("kept");
    assert!(store.session(&[1; 32]).await.expect("read").is_some());
    store.end_sessions_of(StaffId::new(40)).await.expect("ended");
    assert!(store.session(&[1; 32]).await.expect("read").is_none());
    engine.run("UPDATE setting SET why = 'x'").expect_err("changes stay");
}

pub async fn a_call_is_heard_of_once_and_counted_for_its_caller(engine: Engine) {
    let store = engine.open();
    let (caller, other) = (StaffId::new(4), StaffId::new(5));
    let of = super::lodged(1).0.case.reference;
    let begun = |id: &str, staff, at| PhoneCall::begun(id.into(), staff, of, at, false);
    store.begin_call(begun("a", caller, now())).await.expect("kept");
    store.begin_call(begun("b", other, now())).await.expect("kept");
    assert_eq!(store.phone_call("a").await.expect("read"), Some(begun("a", caller, now())));
    assert_eq!(store.phone_call("c").await.expect("read"), None);
    let at = |seconds| now() + Duration::seconds(seconds);
    // Out of order, and repeated: the first of each kind counts, and who answers has heard it ring.
    for (heard, seconds) in [(Heard::Answered, 5), (Heard::Rings, 2), (Heard::Ended, 65), (Heard::Ended, 99)] {
        assert!(store.hear_call("a", heard, at(seconds)).await.expect("kept"));
    }
    assert!(!store.hear_call("c", Heard::Rings, now()).await.expect("asked"), "it is not known");
    assert!(store.hear_call("b", Heard::Failed, at(1)).await.expect("kept"));
    let (a, b) = (store.phone_call("a").await.expect("read"), store.phone_call("b").await.expect("read"));
    let (a, b) = (a.expect("a call"), b.expect("a call"));
    assert_eq!((a.rang, a.answered, a.ended, a.failed), (Some(at(5)), Some(at(5)), Some(at(65)), false));
    assert_eq!((b.rang, b.answered, b.ended, b.failed), (None, None, Some(at(1)), true));
    store.begin_call(begun("d", caller, at(3))).await.expect("kept");
    let newest = async |since| store.newest_call(caller, of, since).await.expect("read").map(|call| call.id);
    assert_eq!((newest(now()).await.as_deref(), newest(at(4)).await), (Some("d"), None));
    let open = async |staff| {
        store.open_calls(staff, now()).await.expect("read").into_iter().map(|call| call.id).collect::<Vec<_>>()
    };
    assert_eq!((open(caller).await, open(other).await), (vec!["d".to_owned()], vec![]));
    store.record_call("d", CallOutcome::WrongNumber).await.expect("kept");
    assert_eq!(newest(now()).await.as_deref(), Some("a"), "what is recorded is done with");
    store.record_call("a", CallOutcome::PartlyDone).await.expect("kept");
    store.record_call("b", CallOutcome::LineFault).await.expect("kept");
    let own = async |staff, since| store.own_calls(staff, since).await.expect("counted");
    assert_eq!(own(caller, now()).await, OwnCalls { calls: 2, no: 1, ..OwnCalls::default() });
    assert_eq!(own(other, now()).await, OwnCalls { calls: 1, ..OwnCalls::default() });
    assert_eq!(own(caller, at(4)).await, OwnCalls::default(), "since then");
    store.sweep(now() + Duration::days(89)).await.expect("swept");
    assert!(store.phone_call("a").await.expect("read").is_some());
    store.sweep(now() + Duration::days(91)).await.expect("swept");
    assert!(store.phone_call("a").await.expect("read").is_none());
}

pub async fn who_rang_in_vain_waits_until_they_are_spoken_with(engine: Engine) {
    let store = engine.open();
    let (one, other) = (StaffId::new(4), StaffId::new(5));
    let mobile = |number: &str| Mobile::parse(number).expect("a number");
    let (first, second) = (mobile("9830012345"), mobile("9830054321"));
    let at = |seconds| now() + Duration::seconds(seconds);
    let begin = async |id: &str, staff, from: Option<&Mobile>, back, seconds| {
        store.begin_line(LineCall::begun(id.into(), staff, from.cloned(), back, at(seconds))).await.expect("kept");
    };
    let hear = async |id: &str, heard, seconds| store.hear_line(id, heard, at(seconds)).await.expect("kept");
    begin("a", None, Some(&first), false, 0).await;
    assert_eq!(store.line_of(one, now()).await.expect("read"), None, "they wait for somebody");
    begin("a", Some(one), None, false, 1).await;
    let rings = store.line_of(one, now()).await.expect("read").expect("a call");
    assert_eq!((rings.id.as_str(), &rings.mobile, rings.begun), ("a", &Some(first.clone()), now()));
    assert_eq!(store.line_of(one, at(1)).await.expect("read"), None, "since then");
    assert!(hear("a", Heard::Ended, 20).await && !hear("unknown", Heard::Ended, 20).await);
    assert_eq!(store.line_of(one, now()).await.expect("read"), None);
    begin("b", Some(one), Some(&second), false, 5).await;
    begin("c", Some(one), Some(&first), false, 30).await;
    begin("d", Some(one), None, false, 31).await;
    for id in ["b", "c", "d"] {
        assert!(hear(id, Heard::Ended, 40).await);
    }
    let missed = async |since, tries| {
        let missed = store.missed(at(since), tries).await.expect("read").into_iter();
        missed.map(|one| (one.mobile, one.times, one.latest, one.tries)).collect::<Vec<_>>()
    };
    let (waits, twice) = ((second.clone(), 1, at(5), 0), (first.clone(), 2, at(30), 0));
    assert_eq!(missed(0, 3).await, [waits.clone(), twice]);
    assert_eq!(missed(6, 3).await, [(first.clone(), 1, at(30), 0)]);
    begin("e", Some(other), Some(&first), true, 50).await;
    assert!(hear("e", Heard::Rings, 51).await && hear("e", Heard::Ended, 60).await);
    assert_eq!(missed(0, 3).await[1].3, 1, "rung back in vain");
    assert_eq!(missed(0, 1).await, std::slice::from_ref(&waits));
    begin("f", Some(other), Some(&first), true, 70).await;
    // Told out of order, and once more: the first of each kind counts.
    for (heard, seconds) in [(Heard::Answered, 75), (Heard::Rings, 72), (Heard::Ended, 90), (Heard::Ended, 99)] {
        assert!(hear("f", heard, seconds).await);
    }
    let spoken = store.line_call("f").await.expect("read").expect("a call");
    assert_eq!((spoken.rang, spoken.answered, spoken.ended), (Some(at(75)), Some(at(75)), Some(at(90))));
    assert_eq!(missed(0, 3).await, [waits]);
    let of = super::lodged(1).0.case.reference;
    assert!(!store.tie_line("f", one, of).await.expect("asked"), "it was not on theirs");
    assert!(store.tie_line("f", other, of).await.expect("kept"));
    assert_eq!(store.line_call("f").await.expect("read").and_then(|call| call.reference), Some(of));
    let work = async |staff| store.line_work(staff, now()).await.expect("counted");
    assert_eq!(work(other).await, LineWork { answered: 1, taken: 1 });
    assert_eq!(work(one).await, LineWork::default());
    store.sweep(now() + Duration::days(91)).await.expect("swept");
    assert_eq!(store.line_call("f").await.expect("read"), None);
}

pub async fn a_call_is_scored_once_by_each_and_disputed_once(engine: Engine) {
    let store = engine.open();
    let (caller, lead, other) = (StaffId::new(4), StaffId::new(5), StaffId::new(6));
    let at = |seconds| now() + Duration::seconds(seconds);
    let of = super::lodged(1).0.case.reference;
    store.begin_call(PhoneCall::begun("v".into(), caller, of, now(), false)).await.expect("kept");
    store.begin_line(LineCall::begun("i".into(), Some(caller), Some(mobile()), false, at(1))).await.expect("kept");
    store.begin_line(LineCall::begun("missed".into(), Some(other), Some(mobile()), false, at(2))).await.expect("kept");
    assert_eq!(store.callers_heard(now()).await.expect("read"), [], "nobody has spoken");
    for (heard, seconds) in [(Heard::Answered, 10), (Heard::Ended, 70)] {
        assert!(store.hear_call("v", heard, at(seconds)).await.expect("kept"));
        assert!(store.hear_line("i", heard, at(seconds)).await.expect("kept"));
    }
    assert!(store.hear_line("missed", Heard::Ended, at(30)).await.expect("kept"));
    assert!(store.tie_line("i", caller, of).await.expect("kept"));
    store.record_call("v", CallOutcome::Confirmed).await.expect("kept");
    assert_eq!(store.callers_heard(now()).await.expect("read"), [caller]);
    assert_eq!(store.callers_heard(at(2)).await.expect("read"), [], "since then");
    let heard = store.calls_heard(caller, now()).await.expect("read");
    let shown: Vec<_> = heard.iter().map(|call| (call.id.as_str(), call.kind, call.seconds, call.reference)).collect();
    let (intake, verification) = (CallKind::Intake, CallKind::Verification);
    assert_eq!(shown, [("v", verification, 60, Some(of)), ("i", intake, 60, Some(of))]);
    assert_eq!(heard[0].outcome, Some(CallOutcome::Confirmed));
    let counted = store.calls_counted(now()).await.expect("counted");
    assert_eq!(counted, [(intake, caller, 1), (verification, caller, 1)]);
    assert_eq!(store.calls_counted(at(2)).await.expect("counted"), [], "since then");
    assert_eq!(store.heard_call("i").await.expect("read").as_ref(), heard.get(1));
    assert_eq!(store.heard_call("missed").await.expect("read"), None);

    let marks =
        |mark| intake.criteria().iter().map(|criterion| Marked { criterion: *criterion, mark }).collect::<Vec<_>>();
    let score = |id: &str, by, second| Score {
        id: id.into(),
        call: "i".into(),
        kind: intake,
        caller,
        lead: by,
        begun: at(1),
        at: at(100),
        second,
        marks: marks(Some(Mark::Partly)),
        note: "জোরে".into(),
        disputed: None,
        why: None,
        decided: None,
        decided_by: None,
        decision: None,
        decided_marks: None,
        chosen: second.then_some(WhyChosen::Coaching),
        correction: second.then(|| "উনি না বলেছেন".into()),
        corrected: None,
        corrected_words: None,
    };
    assert!(store.put_score(score("a", lead, false)).await.expect("kept"));
    assert!(!store.put_score(score("b", lead, false)).await.expect("asked"), "once by each");
    assert!(store.put_score(score("c", other, true)).await.expect("kept"));
    let read = async |of: ScoresOf, since| store.scores(&of, since).await.expect("read");
    assert_eq!(read(ScoresOf::One("a".into()), now()).await, [score("a", lead, false)]);
    for (of, count) in [
        (ScoresOf::All, 2),
        (ScoresOf::Caller(caller), 2),
        (ScoresOf::Caller(lead), 0),
        (ScoresOf::Call("i".into()), 2),
        (ScoresOf::Call("v".into()), 0),
    ] {
        assert_eq!(read(of.clone(), now()).await.len(), count, "{of:?}");
        assert_eq!(read(of, at(101)).await, [], "since then");
    }
    let decided = Score {
        decided: Some(at(300)),
        decided_by: Some(other),
        decision: Some("ঠিক".into()),
        decided_marks: Some(marks(None)),
        ..score("a", lead, false)
    };
    assert!(!store.decide_score(decided.clone()).await.expect("asked"), "it is not disputed");
    assert!(store.dispute_score("a", "না", at(200)).await.expect("kept"));
    assert!(!store.dispute_score("a", "again", at(201)).await.expect("asked"));
    assert!(store.decide_score(decided.clone()).await.expect("kept"));
    assert!(!store.decide_score(decided.clone()).await.expect("asked"));
    let whole = Score { disputed: Some(at(200)), why: Some("না".into()), ..decided };
    assert_eq!(read(ScoresOf::One("a".into()), now()).await, [whole]);
    assert!(!store.correct_score("a", "ঠিক করেছি", at(400)).await.expect("asked"), "it was not returned");
    assert!(store.correct_score("c", "ঠিক করেছি", at(400)).await.expect("kept"));
    assert!(!store.correct_score("c", "again", at(401)).await.expect("asked"), "once");
    let corrected =
        Score {
            corrected: Some(at(400)), corrected_words: Some("ঠিক করেছি".into()), ..score("c", other, true)
        };
    assert_eq!(read(ScoresOf::One("c".into()), now()).await, [corrected]);
    store.put_accounts(vec![officer(Role::QualityLead)], now()).await.expect("kept");
    let known = officer(Role::QualityLead);
    let name = store.staff_name(known.actor.staff.expect("staff")).await.expect("read");
    assert_eq!(name, Some(known.name));
    assert_eq!(store.staff_name(StaffId::new(999)).await.expect("read"), None);
    store.sweep(now() + Duration::days(401)).await.expect("swept");
    assert_eq!(read(ScoresOf::All, now()).await, []);
}
