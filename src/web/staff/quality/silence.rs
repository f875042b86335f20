//! Where in a recording nobody speaks. It is read on this device, and goes nowhere.

use gloo_net::http::Request;
use js_sys::{ArrayBuffer, Uint8Array};
use model::quality::{SLICE, silences};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioBuffer, OfflineAudioContext};

/// Samples a second to which the sound is brought before it is measured: what telephones carry.
const RATE: f32 = 8_000.0;

/// The silences of the recording at this path, in seconds from its beginning; `None` where it cannot be read.
pub async fn of_recording(path: &str) -> Option<Vec<(f64, f64)>> {
    let bytes = Request::get(path).send().await.ok().filter(gloo_net::http::Response::ok)?.binary().await.ok()?;
    let buffer: ArrayBuffer = Uint8Array::from(bytes.as_slice()).buffer();
    let context = OfflineAudioContext::new_with_number_of_channels_and_length_and_sample_rate(1, 1, RATE).ok()?;
    let decoded = JsFuture::from(context.decode_audio_data(&buffer).ok()?).await.ok()?;
    let samples = decoded.dyn_into::<AudioBuffer>().ok()?.get_channel_data(0).ok()?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 800 samples
    let slice = (f64::from(RATE) * SLICE) as usize;
    let loudness = |samples: &[f32]| {
        #[allow(clippy::cast_precision_loss)] // 800 samples
        let count = samples.len().max(1) as f32;
        (samples.iter().map(|sample| sample * sample).sum::<f32>() / count).sqrt()
    };
    Some(silences(&samples.chunks(slice).map(loudness).collect::<Vec<_>>()))
}
