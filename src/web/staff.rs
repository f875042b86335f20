//! Entry of the staff app.

use leptos::prelude::*;
use web::staff::StaffApp;
use web::start::start;

fn main() {
    web::api::call_as_staff();
    start(&["citizen", "staff"], |_| view! { <StaffApp/> });
}
