//! Whether two pictures are one, looked at closely: laid over each other as they fit best, no part of them may differ. Pictures of
//! one scene are alike in everything coarse; what is different in them is the very thing that was done.

use image::{GrayImage, RgbImage, imageops};

/// Pixels to which both are made small first.
const SMALL: (u32, u32) = (160, 120);
/// Points at which they are compared.
const POINTS: (usize, usize) = (80, 60);
/// Points along the edge of a part.
const PART: usize = 5;
/// Most by which a part may differ, in parts of the whole picture's spread of light.
const DIFFERS: f32 = 0.4;
/// Least spread that is reckoned with, of 255: noise is no picture.
const SPREAD: f32 = 6.0;
/// Steps by which the frame of one is moved within the other until it fits, in parts of an edge.
const STEPS: [f32; 4] = [0.04, 0.02, 0.01, 0.004];
/// The most that is cut off at an edge.
const MOST: f32 = 0.16;

/// What is cut off: left, top, right, bottom, in parts of an edge.
type Frame = [f32; 4];

/// Whether one is the other, or a part of it of at least two thirds along each edge.
#[must_use]
pub fn are_same(one: &RgbImage, other: &RgbImage) -> bool {
    difference(one, other) < DIFFERS
}

/// By how much the part differs that differs most, where one lies within the other as it fits best.
pub(super) fn difference(one: &RgbImage, other: &RgbImage) -> f32 {
    let [one, other] = [one, other].map(|photo| imageops::grayscale(&imageops::thumbnail(photo, SMALL.0, SMALL.1)));
    within(&one, &other).min(within(&other, &one))
}

/// The same, where the whole of `part` lies within `whole`.
fn within(part: &GrayImage, whole: &GrayImage) -> f32 {
    let part = Shades::of(part, [0.0; 4]);
    let found = [[0.0; 4], [0.06; 4]].map(|start| part.most_different(&Shades::of(whole, fitted(&part, whole, start))));
    found.into_iter().fold(f32::INFINITY, f32::min)
}

/// Where the part lies within the whole, found step by step from a first guess.
fn fitted(part: &Shades, whole: &GrayImage, start: Frame) -> Frame {
    let (mut frame, mut least) = (start, part.distance(&Shades::of(whole, start)));
    for step in STEPS {
        loop {
            let before = least;
            for (edge, by) in (0..frame.len()).flat_map(|edge| [(edge, step), (edge, -step)]) {
                let mut moved = frame;
                if let Some(cut) = moved.get_mut(edge) {
                    *cut = (*cut + by).clamp(0.0, MOST);
                }
                let distance = part.distance(&Shades::of(whole, moved));
                if distance < least {
                    (frame, least) = (moved, distance);
                }
            }
            if least >= before {
                break;
            }
        }
    }
    frame
}

/// The shades of a frame at all points, with their mean taken away and their spread made one.
struct Shades(Vec<f32>);

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // small pictures
impl Shades {
    fn of(picture: &GrayImage, [left, top, right, bottom]: Frame) -> Self {
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        let along = |at: usize, of: usize, length: f32, begin: f32, end: f32| {
            let within = begin + (at as f32 + 0.5) / of as f32 * (1.0 - begin - end);
            (within * length - 0.5).clamp(0.0, length - 1.0)
        };
        let mut shades = Vec::with_capacity(POINTS.0 * POINTS.1);
        for down in 0..POINTS.1 {
            let y = along(down, POINTS.1, height, top, bottom);
            for across in 0..POINTS.0 {
                shades.push(shade(picture, along(across, POINTS.0, width, left, right), y));
            }
        }
        let count = shades.len() as f32;
        let mean = shades.iter().sum::<f32>() / count;
        let spread = (shades.iter().map(|shade| (shade - mean).powi(2)).sum::<f32>() / count).sqrt().max(SPREAD);
        Self(shades.into_iter().map(|shade| (shade - mean) / spread).collect())
    }

    fn distance(&self, other: &Self) -> f32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a - b).powi(2)).sum()
    }

    /// By how much the part differs that differs most.
    fn most_different(&self, other: &Self) -> f32 {
        let across = POINTS.0 / PART;
        let mut parts = vec![0.0_f32; across * (POINTS.1 / PART)];
        for (index, (a, b)) in self.0.iter().zip(&other.0).enumerate() {
            if let Some(part) = parts.get_mut(index / POINTS.0 / PART * across + index % POINTS.0 / PART) {
                *part += (a - b).abs();
            }
        }
        parts.into_iter().fold(0.0, f32::max) / (PART * PART) as f32
    }
}

/// The shade between pixels.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // small pictures
fn shade(picture: &GrayImage, x: f32, y: f32) -> f32 {
    let (left, top) = (x as u32, y as u32);
    let (right, bottom) = ((left + 1).min(picture.width() - 1), (top + 1).min(picture.height() - 1));
    let (east, south) = (x - left as f32, y - top as f32);
    let at = |x: u32, y: u32| f32::from(picture.get_pixel(x, y).0[0]);
    let above = at(left, top) * (1.0 - east) + at(right, top) * east;
    let below = at(left, bottom) * (1.0 - east) + at(right, bottom) * east;
    above * (1.0 - south) + below * south
}
