//! POST /api/search

use super::story::{at_office, reported};
use axum::http::StatusCode;
use model::lifecycle::Stage;
use model::wire::{Due, SearchFilters, SearchRequest};
use model::{Lgd, OfficeId, Reference};
use serde_json::{Value, json};
use server::feed::search::{FOLDER, Search as Index};
use tests::{Answer, Person, World, bolpur, form};

const MOBILE: &str = "9830012345";

/// A search without filters.
fn wanted(words: &str) -> SearchRequest {
    SearchRequest { words: words.into(), ..SearchRequest::default() }
}

fn none() -> SearchFilters {
    SearchFilters::default()
}

fn filtered(search: SearchRequest, filters: SearchFilters) -> SearchRequest {
    SearchRequest { filters, ..search }
}

async fn asked(person: &Person<'_>, wanted: &SearchRequest) -> Answer {
    person.post("/api/search", &serde_json::to_value(wanted).expect("JSON")).await
}

/// The numbers of the cases that a search finds.
async fn numbers(person: &Person<'_>, wanted: &SearchRequest) -> Vec<String> {
    let answer = asked(person, wanted).await;
    assert_eq!(answer.status, StatusCode::OK, "{wanted:?}: {}", answer.text);
    let rows = answer.json["rows"].as_array().expect("rows").clone();
    assert_eq!(answer.json["total"], rows.len(), "{wanted:?}");
    rows.iter().map(|row| row["reference"].as_str().expect("a number").to_owned()).collect()
}

/// Whether a search finds anything.
async fn finds(person: &Person<'_>, words: &str) -> bool {
    !numbers(person, &wanted(words)).await.is_empty()
}

async fn lodged(world: &World, form: &Value) -> String {
    let mobile = form["mobile"].as_str().expect("a number");
    let answer = world.citizen(mobile).await.lodge(form).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json["reference"].as_str().expect("a number").to_owned()
}

#[tokio::test]
async fn a_case_is_found_at_once_by_everything_that_is_known_of_it() {
    let world = World::new().await;
    let analyst = world.staff("analyst").await;
    let number = lodged(&world, &form(MOBILE)).await;
    let mut other = form("9830054321");
    other["name"] = json!("Subrata Mondal");
    other["text"] = json!("The road to Kasba is broken since 2024.");
    other["landmark"] = json!("");
    let other = lodged(&world, &other).await;
    let whole = Reference::parse(&number).expect("a number");
    let parts = [number.clone(), whole.grouped(), number[3..9].to_owned(), number[8..].to_owned()];
    for words in parts.iter().map(String::as_str).chain([
        "98300 12345",
        "+91-98300-12345",
        "০৯৮৩০০১২৩৪৫",
        "12345",
        "রহিমা",
        "Rahima Bibi",
        "रहीमा",
        "টিউবওয়েল",
        "টিউবওয়েল খারা",
        "tubewell",
        "পূর্বপাড়া",
        "Rahima Birbhum টিউবওয়েল",
    ]) {
        assert!(numbers(&analyst, &wanted(words)).await.contains(&number), "{words}");
    }
    for words in ["Birbhum", "বীরভূম", "Bolpur", "বোলপুর"] {
        assert_eq!(numbers(&analyst, &wanted(words)).await, [other.clone(), number.clone()], "{words}: newest first");
    }
    assert_eq!(numbers(&analyst, &wanted("সুব্রত road Bolpur")).await, [other]);
    for words in ["Rahima road", "Howrah", "9830099999", "রহমান"] {
        assert!(!finds(&analyst, words).await, "{words}");
    }
}

#[tokio::test]
async fn a_case_moves_with_its_stage_and_filters_narrow() {
    let world = World::new().await;
    let analyst = world.staff("analyst").await;
    let number = at_office(&world).await;
    let narrowed =
        async |narrow: &dyn Fn(SearchRequest) -> SearchRequest| numbers(&analyst, &narrow(wanted("টিউবওয়েল"))).await;
    let at = |stage| move |search| filtered(search, SearchFilters { stage: Some(stage), ..none() });
    assert_eq!(narrowed(&at(Stage::WithOffice)).await, std::slice::from_ref(&number));
    assert_eq!(narrowed(&at(Stage::Registered)).await, [""; 0]);
    assert_eq!(
        narrowed(&|search| filtered(search, SearchFilters { district: Some(Lgd::new(307)), ..none() })).await.len(),
        1
    );
    assert_eq!(
        narrowed(&|search| filtered(search, SearchFilters { district: Some(Lgd::new(1)), ..none() })).await.len(),
        0
    );
    assert_eq!(
        narrowed(&|search| filtered(search, SearchFilters { department: Some("PHE".into()), ..none() })).await.len(),
        1
    );
    assert_eq!(
        narrowed(&|search| filtered(search, SearchFilters { department: Some("PRD".into()), ..none() })).await.len(),
        0
    );
    assert_eq!(
        narrowed(&|search| filtered(search, SearchFilters { category: Some("water.tubewell".into()), ..none() }))
            .await
            .len(),
        1
    );
    assert_eq!(
        narrowed(&|search| filtered(search, SearchFilters { category: Some("water.pipe".into()), ..none() }))
            .await
            .len(),
        0
    );
    let of = |office| move |search| filtered(search, SearchFilters { office: Some(office), ..none() });
    assert_eq!(narrowed(&of(bolpur(&world))).await.len(), 1);
    assert_eq!(narrowed(&of(OfficeId::new(1))).await.len(), 0);
    let due = |due| move |search| filtered(search, SearchFilters { due: Some(due), ..none() });
    assert_eq!(narrowed(&due(Due::Over)).await.len(), 0);
    reported(&world, &number).await;
    assert_eq!(narrowed(&at(Stage::WithOffice)).await, [""; 0]);
    assert_eq!(narrowed(&at(Stage::Verification)).await, std::slice::from_ref(&number));
    world.pass(chrono::Duration::days(40));
    let analyst = world.staff("analyst").await;
    let late = filtered(wanted(""), SearchFilters { due: Some(Due::Over), ..none() });
    assert_eq!(numbers(&analyst, &late).await, std::slice::from_ref(&number), "limits pass without an entry");
    world.citizen(MOBILE).await.must(&number, &json!({ "confirm": {} }), "redressed").await;
    assert_eq!(numbers(&analyst, &late).await, [""; 0]);
    assert_eq!(numbers(&analyst, &at(Stage::Redressed)(wanted("Rahima"))).await, [number]);
}

#[tokio::test]
async fn each_role_finds_what_it_may_read() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let own = [number.clone()];
    for (who, by_name, by_number) in [
        ("analyst", true, true),
        ("telecaller", true, true),
        ("quality", true, false),
        ("caller", true, true),
        ("appellate", true, true),
        ("auditor", true, false),
        ("nodal.phe", true, true),
        ("officer.phe.bolpur-sriniketan", true, true),
        ("validator.birbhum", true, true),
        ("data", false, false),
        ("assistant", false, false),
        ("manager", false, false),
        ("principal", false, false),
        ("cmo", false, false),
    ] {
        let person = world.staff(who).await;
        assert_eq!(numbers(&person, &wanted("টিউবওয়েল")).await, own, "{who} by a word");
        assert_eq!(numbers(&person, &wanted(&number)).await, own, "{who} by the grievance number");
        assert_eq!(finds(&person, "Rahima").await, by_name, "{who} by name");
        assert_eq!(finds(&person, "9830012345").await, by_number, "{who} by telephone");
        assert_eq!(finds(&person, "12345").await, by_number, "{who} by the end of the telephone number");
    }
    for who in ["nodal.prd", "validator.howrah", "counter"] {
        let person = world.staff(who).await;
        for words in ["", "টিউবওয়েল", &*number, "Rahima", "9830012345"] {
            assert!(!finds(&person, words).await, "{who} by {words}");
        }
    }
    let counter = world.staff("counter").await;
    let lodged = counter.lodge(&form("9830054321")).await;
    assert_eq!(numbers(&counter, &wanted("Rahima")).await, [lodged.json["reference"].as_str().expect("a number")]);
    let offer = json!({ "offer_transfer": { "to": { "department": "PRD" }, "reason": "পঞ্চায়েতের কল" } });
    world.staff("officer.phe.bolpur-sriniketan").await.must(&number, &offer, "transfer_offered").await;
    assert_eq!(numbers(&world.staff("nodal.prd").await, &wanted("Rahima")).await, own, "to whom it is offered");
    for person in [world.staff("admin").await, world.citizen(MOBILE).await] {
        assert_eq!(asked(&person, &wanted("")).await.code(), "not_permitted");
    }
}

#[tokio::test]
async fn a_shielded_case_is_not_found_by_who_lodged_it() {
    let world = World::new().await;
    let mut form = form(MOBILE);
    form["text"] = json!("রহিমা বিবি, ফোন 98300 12345। রহিমার টিউবওয়েল অফিসার সারাননি।");
    form["confidential"] = json!(true);
    let number = lodged(&world, &form).await;
    let more = json!({ "add_information": { "text": "আমি রহিমা, ৯৮৩০০-১২৩৪৫ নম্বরে ফোন করুন" } });
    world.citizen(MOBILE).await.must(&number, &more, "registered").await;
    let categorise = json!({ "categorise": { "category": "water.tubewell", "department": "PHE", "lane": "ordinary" } });
    world.staff("analyst").await.must(&number, &categorise, "with_department").await;
    for who in ["nodal.phe", "data", "cmo"] {
        let person = world.staff(who).await;
        for words in ["রহিমা", "রহিমার", "Rahima", "रहीमा", "বিবি", "9830012345", "98300", "12345", "৯৮৩০০-১২৩৪৫"]
        {
            assert!(!finds(&person, words).await, "{who} by {words}");
        }
        let answer = asked(&person, &wanted("অফিসার")).await;
        assert_eq!(answer.json["rows"][0]["reference"], number.as_str(), "{who}");
        assert!(!answer.text.contains("রহিমা"), "{who}: {}", answer.text);
    }
    for words in ["রহিমা", "Rahima", "9830012345", "অফিসার"] {
        assert!(finds(&world.staff("analyst").await, words).await, "{words}");
    }
}

#[tokio::test]
async fn what_is_added_is_found_and_what_is_erased_is_not() {
    let world = World::new().await;
    let analyst = world.staff("analyst").await;
    let number = lodged(&world, &form(MOBILE)).await;
    let more = json!({ "add_information": { "text": "এখন পুকুরের জল খাই" } });
    world.citizen(MOBILE).await.must(&number, &more, "registered").await;
    assert!(finds(&analyst, "পুকুরের").await);
    let note = json!({ "note": { "text": "পাগলামি", "side": "cell" } });
    analyst.must(&number, &note, "registered").await;
    assert!(!finds(&analyst, "পাগলামি").await, "not everybody reads a note");
    let reference = Reference::parse(&number).expect("a number");
    world.app.store.erase(reference, world.now()).await.expect("erased");
    for attempt in 0.. {
        let found = finds(&analyst, "পুকুরের").await || finds(&analyst, "Rahima").await;
        if !found {
            break;
        }
        assert!(attempt < 50, "its words are still found");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(numbers(&analyst, &wanted(&number)).await, std::slice::from_ref(&number), "the case is there");
}

#[tokio::test]
async fn a_search_is_recorded_with_its_count_and_bounded() {
    let world = World::new().await;
    lodged(&world, &form(MOBILE)).await;
    let analyst = world.staff("analyst").await;
    let readings = async || world.app.store.chains().await.expect("the chains").readings.seq;
    let before = readings().await;
    assert!(finds(&analyst, "Rahima").await);
    assert_eq!(readings().await, before + 1);
    assert!(!finds(&analyst, "nobody").await);
    assert_eq!(readings().await, before + 1, "nothing was shown");
    let long = "ক্ষ".repeat(201);
    for wrong in [
        wanted(&long),
        SearchRequest { cursor: "x".into(), ..wanted("") },
        SearchRequest { cursor: "10001".into(), ..wanted("") },
    ] {
        let answer = asked(&analyst, &wrong).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "wrong_query"), "{wrong:?}");
    }
    assert_eq!(asked(&analyst, &wanted(&"ক্ষ".repeat(200))).await.status, StatusCode::OK);
    let account = world.app.store.account("analyst").await.expect("read").expect("an account");
    let (staff, limits) = (account.actor.staff.expect("staff"), world.app.limits.as_ref().expect("limits"));
    while limits.reading(staff, server::store::ReadingOf::Search).await.is_ok() {}
    assert_eq!(asked(&analyst, &wanted("Rahima")).await.code(), "too_many");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_taken_away_names_nobody_and_is_on_record_with_its_purpose() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let telecaller = world.staff("telecaller").await;
    for at in 0..24 {
        let lodged = telecaller.lodge(&form(&format!("98300600{at:02}"))).await;
        assert_eq!(lodged.status, StatusCode::CREATED, "{}", lodged.text);
    }
    let data = world.staff("data").await;
    let export = async |body: Value| data.post("/api/search/export", &body).await;
    let all = export(json!({ "words": "", "reason": "Report on tube wells" })).await;
    assert_eq!(all.status, StatusCode::OK, "{}", all.text);
    assert_eq!((all.json["rows"].as_array().map(Vec::len), &all.json["capped"]), (Some(25), &json!(false)));
    for kept in ["রহিমা", "টিউবওয়েল", MOBILE] {
        assert!(!all.text.contains(kept), "{kept} is nobody's business: {}", all.text);
    }
    let filters = SearchFilters { stage: Some(Stage::WithOffice), ..none() };
    let one = export(json!({ "filters": filters, "reason": "Report" })).await.json;
    assert_eq!((one["rows"].as_array().map(Vec::len), &one["rows"][0]["reference"]), (Some(1), &json!(number)));
    assert_eq!(one["offices"][0]["id"], json!(bolpur(&world)), "{one}");

    // Without a purpose nothing goes, and whoever works with cases has their lists.
    let silent = export(json!({ "reason": "  " })).await;
    assert_eq!((silent.status, &silent.json["refusal"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("text_missing")));
    let long = export(json!({ "words": "ক".repeat(201), "reason": "x" })).await;
    assert_eq!(long.code(), "wrong_query");
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let refused = officer.post("/api/search/export", &json!({ "reason": "x" })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let read =
        world.staff("auditor").await.post("/api/readings", &json!({ "account": "data", "what": "export" })).await.json;
    let said: Vec<_> = read["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|line| (line["reason"].clone(), line["count"].clone()))
        .collect();
    assert_eq!(said, [(json!("Report"), json!(1)), (json!("Report on tube wells"), json!(25))], "{read}");
}

#[tokio::test]
async fn pages_lead_through_everything_that_was_found() {
    let world = World::new().await;
    let mut newest_first = Vec::new();
    for one in 0..23_u8 {
        let answer = world.anon().lodge_from(one, &form(&format!("98300200{one:02}"))).await;
        newest_first.insert(0, answer.json["reference"].as_str().expect("a number").to_owned());
    }
    let analyst = world.staff("analyst").await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = asked(&analyst, &SearchRequest { cursor, ..wanted("Birbhum") }).await.json;
        assert_eq!((&page["total"], &page["capped"]), (&json!(23), &json!(false)));
        let rows = page["rows"].as_array().expect("rows");
        assert!(rows.len() <= 20);
        seen.extend(rows.iter().map(|row| row["reference"].as_str().expect("a number").to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, newest_first);
}

#[tokio::test]
async fn an_index_on_disk_goes_on_and_a_damaged_one_is_made_again() {
    let world = World::new().await;
    let number = lodged(&world, &form(MOBILE)).await;
    let analyst = world.app.store.account("analyst").await.expect("read").expect("an account").actor;
    let folder = world.data.path().join(format!("{FOLDER} of a test"));
    let found = async |rows| {
        let index = Index::new(world.app.store.clone(), folder.clone(), rows);
        let seq = world.app.store.head().await.expect("a head").seq;
        loop {
            let places = world.app.facts.places();
            let found = index.find(wanted("Rahima"), analyst.clone(), places, (0, 20), seq, |_| true).await;
            if let Ok(found) = found {
                return found.hits.iter().map(|hit| hit.reference.to_string()).collect::<Vec<_>>();
            }
        }
    };
    assert_eq!(found(1).await, std::slice::from_ref(&number));
    let more = json!({ "add_information": { "text": "এখন পুকুরের জল খাই" } });
    world.citizen(MOBILE).await.must(&number, &more, "registered").await;
    assert_eq!(found(1).await, std::slice::from_ref(&number), "it catches up");
    assert_eq!(found(2).await, std::slice::from_ref(&number), "of other case rows");
    let files = std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    for file in files.filter(|path| path.extension().is_some_and(|kind| kind == "idx" || kind == "term")) {
        // Another file of the same name: the old one may still be mapped.
        std::fs::remove_file(&file).expect("removed");
        std::fs::write(file, "nonsense").expect("damaged");
    }
    assert_eq!(found(2).await, std::slice::from_ref(&number), "damaged");
    std::fs::write(folder.join("meta.json"), "{").expect("damaged");
    assert_eq!(found(2).await, [number], "not to be opened");
}

#[tokio::test]
async fn views_are_saved_for_one_person_and_count_what_they_hold() {
    let world = World::new().await;
    at_office(&world).await;
    let analyst = world.staff("analyst").await;
    assert_eq!(analyst.get("/api/views").await.json, json!([]));
    let view = |name: &str, filters: Value| json!({ "name": name, "filters": filters });
    let at_offices = json!({ "stage": "with_office", "department": "PHE" });
    let saved = analyst.post("/api/views", &view("  অফিসে   ", at_offices.clone())).await;
    assert_eq!(saved.json, json!([{ "name": "অফিসে", "filters": at_offices, "total": 1 }]), "{}", saved.text);
    let over = analyst.post("/api/views", &view("Over", json!({ "due": "over" }))).await;
    assert_eq!(over.json[1]["total"], 0);
    // One of the same name takes its place.
    let moved = analyst.post("/api/views", &view("অফিসে", json!({ "stage": "with_department" }))).await;
    assert_eq!((&moved.json[0]["total"], moved.json.as_array().map(Vec::len)), (&json!(0), Some(2)));
    for wrong in [view(" ", json!({})), view(&"ক".repeat(41), json!({}))] {
        assert_eq!(analyst.post("/api/views", &wrong).await.code(), "wrong_query");
    }
    for number in 3..=12 {
        assert_eq!(analyst.post("/api/views", &view(&number.to_string(), json!({}))).await.status, StatusCode::OK);
    }
    assert_eq!(analyst.post("/api/views", &view("13", json!({}))).await.code(), "wrong_query");
    let forgotten = analyst.post("/api/views", &view("Over", Value::Null)).await;
    assert_eq!(forgotten.json.as_array().map(Vec::len), Some(11));
    // Nobody else has them, and they count what their reader may see.
    let nodal = world.staff("nodal.wcdsw").await;
    assert_eq!(nodal.get("/api/views").await.json, json!([]));
    let counted = analyst.get("/api/views?counted=true").await.json;
    assert_eq!(counted[0]["total"], 0);
    assert_eq!(analyst.get("/api/views").await.json[0]["total"], Value::Null, "not counted where nobody asks");
    let foreign = nodal.post("/api/views", &view("all", at_offices)).await;
    assert_eq!(foreign.json[0]["total"], 0);
    assert_eq!(world.citizen("9830012345").await.get("/api/views").await.status, StatusCode::FORBIDDEN);
}
