//! GET /receipt/{reference}: the page to print.

use axum::http::StatusCode;
use serde_json::json;
use tests::{World, form};

#[tokio::test]
async fn a_receipt_is_a_page_for_its_citizen_alone_in_every_language() {
    let world = World::new().await;
    for (index, (language, text)) in [
        ("bn", "টিউবওয়েল তিন মাস ধরে খারাপ। শ্রীনিকেতনের কাছে ক্ষতিগ্রস্ত রাস্তা।"),
        ("en", "The tube well has been broken for three months."),
        ("hi", "नलकूप तीन महीने से ख़राब है। क्षतिग्रस्त सड़क।"),
        ("ne", "ट्युबवेल तीन महिनादेखि बिग्रिएको छ।"),
        ("ur", "ٹیوب ویل تین مہینے سے خراب ہے۔"),
    ]
    .into_iter()
    .enumerate()
    {
        let mobile = format!("983004444{index}");
        let mut lodged = form(&mobile);
        (lodged["text"], lodged["language"]) = (json!(text), json!(language));
        let reference = world.anon().lodge(&lodged).await.json["reference"].as_str().expect("a number").to_owned();
        let path = format!("/receipt/{reference}");
        assert_eq!(world.anon().get(&path).await.status, StatusCode::UNAUTHORIZED);
        if index == 0 {
            assert_eq!(world.citizen("9830099999").await.get(&path).await.status, StatusCode::NOT_FOUND);
        }
        // So many codes from one address are too many.
        world.pass(chrono::Duration::hours(2));
        let answer = world.citizen(&mobile).await.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.headers["content-type"], "application/pdf");
        assert_eq!(answer.headers["cache-control"], "private, no-store");
        // Tagged for screen readers, in its language, on one page.
        let pdf = String::from_utf8_lossy(&answer.bytes);
        assert!(pdf.contains("/StructTreeRoot") && pdf.contains("/MarkInfo"), "tagged");
        assert!(
            pdf.contains(&format!("/Lang({language})")) || pdf.contains(&format!("/Lang ({language})")),
            "{language}"
        );
        assert_eq!(
            pdf.matches("/Type/Page/").count()
                + pdf.matches("/Type /Page\n").count()
                + pdf.matches("/Type/Page\n").count(),
            1,
            "pages"
        );
        assert!(answer.bytes.starts_with(b"%PDF-") && answer.bytes.len() > 5_000, "{} bytes", answer.bytes.len());
        if let Some(folder) = std::env::var_os("RECEIPTS") {
            std::fs::write(std::path::Path::new(&folder).join(format!("{language}.pdf")), &answer.bytes).expect("kept");
        }
    }
}
