//! Photos: recognised by their content, turned upright, made small and encoded anew. Runs in [`crate::decoder`].

use crate::media::{Clean, Format, MEMORY, NotTaken};
use crate::print::Prints;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Longest edge of a stored photo, in pixels.
const EDGE: u32 = 2_048;
/// Most pixels of a photo (SEC-51).
const PIXELS: u64 = 40_000_000;
/// Most pixels of a JPEG, since telephones make photos of 108 megapixels. Those beyond [`PIXELS`] are decoded at a
/// fraction of their size, which needs a fraction of the memory.
const JPEG_PIXELS: u64 = 130_000_000;
/// Quality of the stored JPEG, 0 to 100.
const QUALITY: u8 = 82;

/// Reads a photo, turns it upright, makes it small and encodes it as JPEG.
///
/// # Errors
/// [`NotTaken`] says why it is refused.
pub fn clean(bytes: &[u8]) -> Result<Clean, NotTaken> {
    let format = match bytes {
        [0xFF, 0xD8, 0xFF, ..] => ImageFormat::Jpeg,
        [0x89, b'P', b'N', b'G', ..] => ImageFormat::Png,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ImageFormat::WebP,
        _ => return Err(NotTaken::NotReadable),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let huge = pixels > PIXELS;
    if huge && (format != ImageFormat::Jpeg || pixels > JPEG_PIXELS) {
        return Err(NotTaken::TooLarge);
    }
    if format == ImageFormat::Jpeg && !has_its_end(bytes) {
        return Err(NotTaken::NotReadable);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image =
        if huge { reduced(bytes)? } else { DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))? };
    image.apply_orientation(orientation);
    if image.width() > EDGE || image.height() > EDGE {
        image = image.thumbnail(EDGE, EDGE);
    }
    let image = on_white(image);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&image).map_err(|_| NotTaken::NotReadable)?;
    let (width, height, prints) = (image.width(), image.height(), Prints::of(&image));
    Ok(Clean { bytes: jpeg, format: Format::Jpeg, width, height, seconds: 0, prints })
}

/// Whether a JPEG contains its end mark: a truncated photo decodes without error, with the rest grey.
fn has_its_end(bytes: &[u8]) -> bool {
    let last = |mark: [u8; 2]| bytes.windows(2).rposition(|pair| pair == mark);
    // A thumbnail within the file has marks of its own, before those of the photo.
    last([0xFF, 0xDA]).zip(last([0xFF, 0xD9])).is_some_and(|(scan, end)| end > scan)
}

/// Decodes a large JPEG at the smallest fraction of its size that is large enough.
fn reduced(bytes: &[u8]) -> Result<DynamicImage, NotTaken> {
    let mut decoder = jpeg_decoder::Decoder::new(Cursor::new(bytes));
    let edge = u16::try_from(EDGE).unwrap_or(u16::MAX);
    let (width, height) = decoder.scale(edge, edge).map_err(|_| NotTaken::NotReadable)?;
    let pixels = decoder.decode().map_err(|_| NotTaken::NotReadable)?;
    let (width, height) = (u32::from(width), u32::from(height));
    let format = decoder.info().map(|info| info.pixel_format);
    let image = match format {
        Some(jpeg_decoder::PixelFormat::RGB24) => {
            image::RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
        }
        Some(jpeg_decoder::PixelFormat::L8) => {
            image::GrayImage::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8)
        }
        _ => None,
    };
    image.ok_or(NotTaken::NotReadable)
}

/// Puts a transparent picture on white, like paper: a scanned document is black on nothing.
fn on_white(image: DynamicImage) -> image::RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    image::RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let image::Rgba([red, green, blue, alpha]) = *image.get_pixel(x, y);
        let seen = |part: u8| {
            let (part, alpha) = (u16::from(part), u16::from(alpha));
            u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
        };
        image::Rgb([seen(red), seen(green), seen(blue)])
    })
}

fn refusal(error: &image::ImageError) -> NotTaken {
    match error {
        image::ImageError::Limits(_) => NotTaken::TooLarge,
        _ => NotTaken::NotReadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).expect("encoded");
        bytes.into_inner()
    }

    #[test]
    fn jpeg_png_and_webp_are_read_and_written_anew() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let photo = clean(&encoded(format, 40, 30)).expect("read");
            assert_eq!((photo.width, photo.height), (40, 30));
            assert!(photo.bytes.starts_with(&[0xFF, 0xD8, 0xFF]));
        }
    }

    #[test]
    fn what_is_transparent_is_seen_on_white() {
        let mut scan = image::RgbaImage::new(20, 20);
        scan.put_pixel(3, 3, image::Rgba([0, 0, 0, 255]));
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::ImageRgba8(scan.clone()).write_to(&mut bytes, format).expect("encoded");
            let photo = clean(&bytes.into_inner()).expect("read");
            let shown = image::load_from_memory(&photo.bytes).expect("a photo").into_rgb8();
            assert!(shown.get_pixel(15, 15).0.iter().all(|part| *part > 240), "{format:?}: the paper is white");
        }
    }

    #[test]
    fn half_a_photo_is_none() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let noise = image::RgbImage::from_fn(120, 90, |x, y| image::Rgb([(x * y) as u8, (x * 7) as u8, y as u8]));
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::ImageRgb8(noise).write_to(&mut bytes, format).expect("encoded");
            let whole = bytes.into_inner();
            assert!(clean(&whole).is_ok(), "{format:?}");
            for share in [2, 3, 9] {
                let cut = &whole[..whole.len() - whole.len() / share];
                assert_eq!(clean(cut).err(), Some(NotTaken::NotReadable), "{format:?} without 1/{share}");
            }
        }
    }

    #[test]
    fn photos_of_108_megapixels_are_taken() {
        let large = clean(&encoded(ImageFormat::Jpeg, 12_000, 9_000)).expect("read");
        assert_eq!((large.width, large.height), (2_048, 1_536));
        assert_eq!(clean(&encoded(ImageFormat::Jpeg, 16_000, 9_000)).err(), Some(NotTaken::TooLarge));
    }

    #[test]
    fn what_a_camera_wrote_beside_the_picture_is_gone() {
        let jpeg = encoded(ImageFormat::Jpeg, 30, 20);
        let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPSLatitude 22.57";
        let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
        let mut with_exif = vec![0xFF, 0xD8, 0xFF, 0xE1];
        with_exif.extend(length);
        with_exif.extend_from_slice(exif);
        with_exif.extend_from_slice(&jpeg[2..]);
        let photo = clean(&with_exif).expect("read");
        assert_eq!((photo.width, photo.height), (20, 30), "turned upright by the orientation it carried");
        assert!(!photo.bytes.windows(4).any(|window| window == b"Exif" || window == b"GPSL"));
    }

    #[test]
    fn what_is_no_photo_is_refused() {
        for bytes in [&b""[..], b"hello", b"<svg/>", b"\xFF\xD8\xFFbroken", b"GIF89a;alert(1)", b"%PDF-1.4 <html>"] {
            assert_eq!(clean(bytes).err(), Some(NotTaken::NotReadable), "{bytes:?}");
        }
        let mut half = encoded(ImageFormat::Png, 200, 200);
        half.truncate(60);
        assert_eq!(clean(&half).err(), Some(NotTaken::NotReadable));
    }

    #[test]
    fn a_header_that_promises_too_much_is_refused_before_memory_is_taken() {
        let mut png = encoded(ImageFormat::Png, 1, 1);
        png[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        png[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        let crc = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(clean(&png).err(), Some(NotTaken::TooLarge));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
        })
    }

    #[test]
    fn large_photos_are_made_smaller() {
        let photo = clean(&encoded(ImageFormat::Png, 4_000, 1_000)).expect("read");
        assert_eq!((photo.width, photo.height), (2_048, 512));
    }
}
