//! The demo's made-up past.

use chrono::Duration;
use model::lifecycle::{Case, EventBody};
use server::app::decision::party;
use server::messenger::{self, LocalGateway};
use server::state::App;
use server::store::{Changed, MessageState};
use std::collections::HashMap;
use std::sync::Arc;
use tests::World;

#[tokio::test]
async fn a_made_up_past_was_watched_and_told_as_it_happened_so_that_a_fresh_demo_starts_quietly() {
    let world = World::new().await;
    let store = &world.app.store;
    let people = seed::write_world(&world.app).await.expect("offices and accounts");
    seed::write_lives(&world.app, &people, 2_000, 1, world.now()).await.expect("lives");
    let (head, told) = (store.head().await.expect("a head"), store.messages(100_000).await.expect("messages"));

    // Everybody was told what life would have told them, each once, and it arrived.
    assert!(told.iter().all(|message| message.state == MessageState::Sent && message.created <= world.now()));
    let mut by_template: HashMap<&str, usize> = HashMap::new();
    told.iter().for_each(|message| *by_template.entry(&message.template).or_default() += 1);
    let (mut lodged, mut overdue) = (0, 0);
    for changed in store.cases_after(0, 10_000).await.expect("cases") {
        let mut case: Option<Case> = None;
        for stored in store.history(changed.case.reference).await.expect("a history") {
            // Officers are told of the first level; where it lies with the cell, nobody is.
            let escalated = matches!(stored.event.body, EventBody::Escalated { level: 1, .. });
            overdue += usize::from(escalated && case.as_ref().and_then(party).is_some());
            match &mut case {
                Some(case) => case.apply(&stored.event),
                None => case = Case::open(&stored.event),
            }
        }
        lodged += usize::from(case.is_some());
    }
    assert_eq!((by_template["lodged"], by_template["overdue"]), (lodged, overdue));
    assert!(lodged == 2_000 && overdue > 50 && by_template["reported"] > 1_000, "{by_template:?}");

    // Nothing is owed at that moment: nothing is appended, and nothing goes out.
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 0);
    let sent = messenger::deliver(store.as_ref(), &LocalGateway, world.now(), false).await.expect("a round");
    assert_eq!((store.head().await.expect("a head"), sent), (head, 0));
    assert_eq!(store.messages(100_000).await.expect("messages").len(), told.len());
    assert_eq!(world.audit().await.faults, Vec::<String>::new());

    // What has been told is told no more; life goes on from there.
    world.pass(Duration::days(2));
    assert!(server::deadlines::round(&world.app).await.expect("a round") > 0);
    let new = store.messages(100_000).await.expect("messages").into_iter().filter(|new| new.created == world.now());
    assert!(new.into_iter().all(|message| message.state == MessageState::Pending));
}

#[tokio::test]
async fn as_many_lives_again_have_other_numbers() {
    let world = World::new().await;
    let people = seed::write_world(&world.app).await.expect("offices and accounts");
    for _ in 0..2 {
        seed::write_lives(&world.app, &people, 300, 1, world.now()).await.expect("lives");
    }
    assert_eq!(world.app.store.cases_after(0, 1_000).await.expect("cases").len(), 600);
    assert_eq!(world.app.store.deadlines(world.now(), 10).await.expect("deadlines").len(), 0, "nothing is owed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_past_in_an_empty_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pasts = Vec::new();
    for name in ["one", "other"] {
        let data = folder.path().join(name);
        seed::write(&data, &tests::root().join("public"), None, 60, 9).await.expect("a past");
        let app = App::open(tests::config(&data, None, Arc::new(chrono::Utc::now))).await.expect("a start");
        let cases = app.store.cases_after(0, 100).await.expect("cases");
        assert!(cases.iter().any(|changed| changed.case.office.is_some()), "its offices are at work");
        // What happens later also depends on the draws of visits, and these on the secret of each system.
        let lodged = |changed: &Changed| (changed.case.reference, changed.case.category.clone(), changed.case.place);
        pasts.push(cases.iter().map(lodged).collect::<Vec<_>>());
    }
    assert_eq!(pasts[0], pasts[1]);
}
