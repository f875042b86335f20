//! The deadlines clock.

use super::story::at_office;
use chrono::Duration;
use serde_json::json;
use tests::World;

#[tokio::test]
async fn superiors_are_told_level_by_level_and_officers_get_a_message() {
    let world = World::new().await;
    let number = at_office(&world).await;
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 0);
    world.pass(Duration::days(7));
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 1);
    let seen = world.citizen("9830012345").await.case(&number).await;
    assert_eq!(seen.json["timeline"][0]["kind"], "escalated");
    assert_eq!(seen.json["timeline"][0]["setback"], true);
    let told = world.app.store.messages(100).await.expect("messages");
    assert!(told.iter().any(|message| message.template == "overdue"));
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 0, "each level once");
}

#[tokio::test]
async fn an_unanswered_transfer_goes_to_the_cells_desk() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let offer = json!({ "offer_transfer": { "to": { "department": "PRD" }, "reason": "পঞ্চায়েতের কাজ" } });
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    officer.must(&number, &offer, "transfer_offered").await;
    let queue = world.staff("nodal.prd").await.get("/api/queues/department").await;
    assert_eq!(queue.json["rows"][0]["reference"], number.as_str(), "the receiving side sees it");
    world.pass(Duration::days(3));
    server::deadlines::round(&world.app).await.expect("a round");
    let desk = world.staff("analyst").await.get("/api/queues/desk").await;
    assert_eq!(desk.json["rows"][0]["reference"], number.as_str());
}
