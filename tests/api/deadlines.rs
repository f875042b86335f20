//! The deadlines task.

use super::story::at_office;
use chrono::Duration;
use model::clock::{ist_date, ist_midnight};
use serde_json::json;
use tests::{World, form};

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
    assert_eq!(seen.json["timeline"][0].get("superiors"), Some(&json!([])), "citizens read of no posts");
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

#[tokio::test]
async fn a_citizen_who_does_not_answer_is_asked_again_then_called_then_not_waited_for() {
    let world = World::new().await;
    let lodged = world.anon().lodge(&form("9830012345")).await;
    let number = lodged.json["reference"].as_str().expect("a number");
    let ask = json!({ "request_information": { "missing": "কোন পাড়া?" } });
    world.staff("analyst").await.must(number, &ask, "needs_information").await;
    let round = async || server::deadlines::round(&world.app).await.expect("a round");
    let to_call = async || world.staff("telecaller").await.get("/api/queues/answers").await.json["rows"].clone();

    world.pass(Duration::days(3));
    assert_eq!((round().await, round().await), (1, 0), "asked again once");
    assert_eq!(world.templates("9830012345").await, ["lodged", "asked", "asked"]);
    assert_eq!(to_call().await, json!([]));

    world.pass(Duration::days(4));
    assert_eq!(to_call().await[0]["reference"], number);
    assert_eq!(round().await, 0);

    world.pass(Duration::days(7));
    assert_eq!(round().await, 1);
    assert_eq!(to_call().await, json!([]));
    let seen = world.staff("analyst").await.case(number).await;
    assert_eq!(seen.json["line"]["stage"], "registered", "back to who asked");
    assert!(seen.json["line"]["due"].is_string(), "the citizen's clock runs again");
    assert_eq!(seen.json["timeline"][0]["kind"], "information_overdue");
}

#[tokio::test]
async fn an_emergency_on_the_third_day_brings_no_burst_and_only_the_cell_takes_it_back() {
    let world = World::new().await;
    let number = at_office(&world).await;
    world.pass(Duration::days(3));
    let lane = |lane: &str| json!({ "set_emergency": { "lane": lane, "reason": "আগুন" } });
    let nodal = world.staff("nodal.phe").await;
    let declared = nodal.must(&number, &lane("emergency24"), "with_office").await;
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 0);
    let version = format!("\"{}\"", nodal.case(&number).await.version());
    let path = format!("/api/grievances/{number}/actions");
    let lowered =
        nodal.post_with(&path, &lane("ordinary"), &[("if-match", &version), ("idempotency-key", "12345678")]).await;
    assert_eq!((lowered.code(), &lowered.json["refusal"]), ("refused", &json!("lane_lowered")));
    let ordinary = world.staff("analyst").await.must(&number, &lane("ordinary"), "with_office").await;
    assert_ne!(declared.json["line"]["due"], ordinary.json["line"]["due"]);
}

#[tokio::test]
async fn a_case_that_cannot_be_written_stands_in_nobodys_way_and_is_not_lost() {
    if tests::is_on_postgres() {
        return;
    }
    let world = World::new().await;
    let number = at_office(&world).await;
    world.pass(Duration::days(7));
    let beside = rusqlite::Connection::open(world.data.path().join("pratikar.db")).expect("a database");
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let refuses = format!(
        "CREATE TRIGGER refuses BEFORE INSERT ON event WHEN NEW.reference = {digits}
         BEGIN SELECT RAISE(ABORT, 'no'); END"
    );
    beside.execute_batch(&refuses).expect("a trigger");
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 0);
    let due = async || world.app.store.deadlines(world.now(), 500).await.expect("read").len();
    assert_eq!(due().await, 0, "it takes no place of the next round");
    beside.execute_batch("DROP TRIGGER refuses").expect("no trigger");
    world.pass(Duration::hours(1));
    assert_eq!(due().await, 1);
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 1);
}

/// Numbers of superiors: none is delivered with the program.
async fn name_superiors(world: &World) {
    let admin = world.staff("admin").await;
    let path = "/api/settings/tables/superiors.tsv";
    let text = admin.get(path).await.json["text"].as_str().expect("a table").to_owned();
    let numbered = text.lines().enumerate().map(|(at, line)| match at {
        0 => format!("{line}\n"),
        _ => format!("{}60000000{:02}\tpost{at}@gov.example\n", line.trim_end_matches('\t').to_owned() + "\t", at + 10),
    });
    let body = json!({ "text": numbered.collect::<String>(), "why": "numbers", "newest": 0 });
    let changed = admin.post(path, &body).await;
    assert_eq!(changed.status.as_u16(), 201, "{}", changed.text);
    world.app.follow_facts().await.expect("new facts");
}

/// Acts on what falls due, as often as something does.
async fn play(world: &World) {
    while server::deadlines::round(&world.app.current()).await.expect("a round") > 0 {}
}

#[tokio::test]
async fn superiors_are_told_once_a_working_day_of_what_has_passed_at_their_level() {
    let world = World::new().await;
    name_superiors(&world).await;
    let told = async || server::digest::round(&world.app.current()).await.expect("a round");
    at_office(&world).await;
    assert_eq!(told().await, 0, "a system begins with nothing to tell");
    // Beyond the limit, up to the second level.
    let mut days = 0;
    while !escalated(&world, 2).await {
        world.pass(Duration::hours(12));
        play(&world).await;
        days += 1;
        assert!(days < 100, "nothing escalates");
    }
    // In the night nobody is told, at ten the superior of the department is, and once.
    let midnight = ist_midnight(ist_date(world.now()));
    let mut messages = 0;
    for hour in 1..=72 {
        world.pass(midnight + Duration::hours(hour) - world.now());
        let now = told().await;
        let inside = (10..17).contains(&(hour % 24));
        assert!(now == 0 || inside, "{hour}");
        messages += now;
        if messages == 1 && now == 1 {
            let text = world.last_message("6000000014", "limits_passed").await;
            assert!(text.contains("1টি অভিযোগের"), "{text}");
        }
    }
    assert_eq!(messages, 1, "it has passed once");
    assert!(world.templates("6000000011").await.is_empty(), "the department names its own");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

/// Whether the only case has been escalated to this level.
async fn escalated(world: &World, level: u8) -> bool {
    let page = world.app.store.changes_since(0, 10).await.expect("cases");
    page.iter().any(|changed| changed.case.escalation >= level)
}

#[tokio::test]
async fn the_superior_of_an_emergency_is_told_at_once_in_the_night() {
    let world = World::new().await;
    name_superiors(&world).await;
    let number = at_office(&world).await;
    let lane = json!({ "set_emergency": { "lane": "emergency24", "reason": "আগুন" } });
    world.staff("nodal.phe").await.must(&number, &lane, "with_office").await;
    for _ in 0..60 {
        world.pass(Duration::hours(1));
        play(&world).await;
        if world.templates("6000000014").await.contains(&"emergency_overdue".to_owned()) {
            return;
        }
    }
    panic!("nobody was told");
}

/// What was mailed since the last look.
fn mails(world: &World) -> Vec<server::mail::Mail> {
    world.app.config.mailer.as_ref().and_then(|mailer| mailer.local()).expect("the stand-in").sent()
}

#[tokio::test]
async fn superiors_get_one_mail_a_working_day_of_what_has_passed_at_their_level_and_of_no_citizen() {
    let world = World::new().await;
    name_superiors(&world).await;
    let round = async || server::mailing::round(&world.app.current()).await.expect("a round");
    let number = at_office(&world).await;
    // Only the report of the week, for the two whom the one department that has a case names.
    assert_eq!((round().await, round().await), (2, 0), "a system begins with nothing to tell");
    let weekly = mails(&world);
    let to: Vec<String> = weekly.iter().map(|mail| mail.to.to_string()).collect();
    assert_eq!(to, ["post5@gov.example", "post4@gov.example"]);
    assert!(weekly[0].subject.contains("the offices this week"), "{}", weekly[0].subject);
    assert!(weekly[0].text.contains("/en/staff/offices?days=90&where=department:PHE"), "{}", weekly[0].text);
    let mut days = 0;
    while !escalated(&world, 2).await {
        world.pass(Duration::hours(12));
        play(&world).await;
        days += 1;
        assert!(days < 100, "nothing escalates");
    }
    // The history names the post, to staff.
    let history = world.staff("nodal.phe").await.case(&number).await.json["timeline"].clone();
    let level = |entry: &&serde_json::Value| entry["level"] == 2;
    let entry = history.as_array().expect("entries").iter().find(level).expect("the second level").clone();
    assert_eq!(entry["superiors"][0]["en"], "Superintending Engineer, Public Health Engineering");
    assert_eq!(entry["unreachable"], false);
    let before = mails(&world).len();
    let midnight = ist_midnight(ist_date(world.now()));
    for hour in 1..=72 {
        world.pass(midnight + Duration::hours(hour) - world.now());
        let now = round().await;
        assert!(now == 0 || (10..17).contains(&(hour % 24)), "{hour}");
    }
    let told = mails(&world);
    let passed: Vec<_> =
        told.iter().take(told.len() - before).filter(|mail| mail.subject.contains("limit has passed")).collect();
    assert_eq!(passed.len(), 1, "it has passed once: {told:?}");
    let mail = passed[0];
    assert_eq!(mail.to.to_string(), "post4@gov.example", "the department names its own");
    let grouped = format!("{}\u{a0}{}\u{a0}{}", &number[..4], &number[4..8], &number[8..]);
    for form in [&mail.text, &mail.html] {
        assert!(form.contains(&grouped) && form.contains("অভিযোগের সময়সীমা পেরিয়ে গেছে"), "{form}");
        for secret in ["9830012345", "রহিমা", "{", "mail."] {
            assert!(!form.contains(secret), "{secret}: {form}");
        }
    }
}

/// A mailer that takes nothing as long as it is down.
struct Down {
    down: std::sync::atomic::AtomicBool,
    taken: server::mail::LocalMailer,
}

#[async_trait::async_trait]
impl server::mail::Mailer for Down {
    async fn send(&self, mail: &server::mail::Mail) -> anyhow::Result<()> {
        anyhow::ensure!(!self.down.load(std::sync::atomic::Ordering::Relaxed), "no mail server");
        self.taken.send(mail).await
    }
}

#[tokio::test]
async fn what_a_mail_server_does_not_take_is_tried_again_and_lost_to_nobody() {
    let mailer = std::sync::Arc::new(Down { down: true.into(), taken: server::mail::LocalMailer::default() });
    let world = World::mailing(mailer.clone()).await;
    name_superiors(&world).await;
    let round = async || server::mailing::round(&world.app.current()).await.expect("a round");
    at_office(&world).await;
    assert_eq!(round().await, 0, "the server is down");
    while !escalated(&world, 2).await {
        world.pass(Duration::hours(12));
        play(&world).await;
    }
    // Two days without a mail server; then what passed on the first of them is still told.
    let midnight = ist_midnight(ist_date(world.now()));
    for hour in [35, 59] {
        world.pass(midnight + Duration::hours(hour) - world.now());
        assert_eq!(round().await, 0);
    }
    mailer.down.store(false, std::sync::atomic::Ordering::Relaxed);
    world.pass(midnight + Duration::hours(83) - world.now());
    let mut sent = 0;
    for _ in 0..3 {
        sent += round().await;
        world.pass(Duration::minutes(5));
    }
    let subjects: Vec<String> = mailer.taken.sent().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(sent, subjects.len());
    assert_eq!(subjects.iter().filter(|subject| subject.contains("limit has passed")).count(), 1, "{subjects:?}");
    assert_eq!(subjects.iter().filter(|subject| subject.contains("the offices this week")).count(), 2, "{subjects:?}");
}

#[tokio::test]
async fn the_smtp_mailer_hands_a_mail_over_as_mail_servers_take_it() {
    use server::mail::{Mail, Mailer, SmtpMailer};
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    // As much of a mail server as one mail needs (RFC 5321); it refuses the first recipient.
    let server = tokio::spawn(async move {
        let (mut told, mut refused) = (Vec::new(), false);
        while !told.iter().any(|line| line == ".") {
            let (stream, _) = listener.accept().await.expect("a client");
            let mut stream = BufReader::new(stream);
            stream.get_mut().write_all(b"220 mail.example ESMTP\r\n").await.expect("a greeting");
            let (mut line, mut data) = (String::new(), false);
            while stream.read_line(&mut line).await.expect("a line") > 0 {
                let said = line.trim_end().to_owned();
                line.clear();
                let answer: &[u8] = match said.split(' ').next().unwrap_or_default() {
                    _ if data && said != "." => b"",
                    "EHLO" => b"250-mail.example\r\n250 8BITMIME\r\n",
                    "RCPT" if !refused => {
                        refused = true;
                        b"451 try again\r\n"
                    }
                    "DATA" => {
                        data = true;
                        b"354 go on\r\n"
                    }
                    "." => {
                        data = false;
                        b"250 taken\r\n"
                    }
                    "QUIT" => b"221 bye\r\n",
                    _ => b"250 ok\r\n",
                };
                stream.get_mut().write_all(answer).await.expect("an answer");
                told.push(said);
            }
        }
        told
    });
    let mailer =
        SmtpMailer::new(&format!("smtp://127.0.0.1:{port}"), "Pratikar <noreply@gov.example>").expect("a mailer");
    let mail = Mail {
        to: "post4@gov.example".parse().expect("an address"),
        subject: "প্রতিকার: 1".into(),
        text: "১টি অভিযোগ".into(),
        html: "<p>১টি অভিযোগ</p>".into(),
    };
    assert!(mailer.send(&mail).await.is_err(), "refused");
    mailer.send(&mail).await.expect("taken");
    // The connection ends with the mailer.
    drop(mailer);
    let told = server.await.expect("what was said");
    for wanted in ["MAIL FROM:<noreply@gov.example>", "RCPT TO:<post4@gov.example>", "To: post4@gov.example"] {
        assert!(told.iter().any(|line| line.starts_with(wanted)), "{wanted}: {told:#?}");
    }
    assert!(told.iter().any(|line| line.starts_with("Content-Type: multipart/alternative")), "{told:#?}");
    assert!(told.iter().all(|line| line.is_ascii()), "other letters are encoded: {told:#?}");
    for wrong in ["http://mail.example", "smtps://user:secret@", ""] {
        let error = SmtpMailer::new(wrong, "noreply@gov.example").err().expect("no mail server");
        assert!(!format!("{error:#}").contains("secret"), "{error:#}");
    }
    assert!(SmtpMailer::new("smtps://mail.example", "nobody").is_err());
}

#[tokio::test]
async fn the_department_is_told_by_mail_of_an_office_where_cases_wait_and_nobody_is() {
    let world = World::new().await;
    name_superiors(&world).await;
    at_office(&world).await;
    let round = async || server::mailing::round(&world.app.current()).await.expect("a round");
    assert_eq!(round().await, 2, "the week's report");
    let away = json!({ "seen": null, "away": { "first": "2026-11-03", "last": "2026-11-04" } });
    let path = "/api/accounts/officer.phe.bolpur-sriniketan/absence";
    assert_eq!(world.staff("nodal.phe").await.post(path, &away).await.status.as_u16(), 200);
    assert_eq!(round().await, 0, "they are here today");
    // Tuesday, Wednesday: told once. Thursday they are back, and nothing is told.
    let mut told = Vec::new();
    for _ in 0..3 {
        world.pass(Duration::days(1));
        told.push(round().await);
    }
    assert_eq!(told, [2, 0, 0]);
    let mail = mails(&world).remove(0);
    assert!(mail.subject.contains("nobody is there") && mail.text.contains("Bolpur"), "{}", mail.text);
    for secret in ["9830012345", "রহিমা", "{", "mail."] {
        assert!(!mail.text.contains(secret), "{secret}: {}", mail.text);
    }
    // Away again: told again, on the next day.
    let away = json!({ "seen": null, "away": { "first": "2026-11-05", "last": "2026-11-06" } });
    assert_eq!(world.staff("nodal.phe").await.post(path, &away).await.status.as_u16(), 200);
    assert_eq!(round().await, 0, "the offices are looked at once a day");
    world.pass(Duration::days(1));
    assert_eq!(round().await, 2);
}
