//! Native commands in ISO 7816 wrapping: `90 INS 00 00 [Lc data] 00` out, `data 91 xx` back, and 91AF chaining both
//! ways (MF3D(H)x3 §"ISO/IEC 7816-4 APDU wrapping").

use crate::{Aid, Error, Status};
use satchel_transport::Transport;

/// Continues a command or an answer.
const MORE: u8 = 0xAF;
const WRAPPED: u8 = 0x90;
const STATUS_CLASS: u8 = 0x91;
const OK: u8 = 0x00;

/// Frames in one answer at most: the largest file in the smallest frames.
const MOST_FRAMES: usize = 1024;
/// Bytes in one response APDU at most: 256 and the status word.
const LONGEST_RESPONSE: usize = 258;

/// How many bytes one ISO 14443-4 frame carries to the card (FSC), from the card's ATS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameSize(u16);

impl FrameSize {
    /// Bytes a frame spends on block header (2 with CID) and checksum (2).
    const FRAME_OVERHEAD: u16 = 4;
    /// Bytes an APDU spends on header, Lc and Le.
    const APDU_OVERHEAD: u16 = 6;
    /// FSC by FSCI (ISO/IEC 14443-4 table 1). Larger ones help no short APDU, so they count as 256; smaller ones than
    /// 64 count as 64, because native frames are of 64 bytes at least and ISO 14443-4 cuts them further by itself.
    const BY_FSCI: [u16; 9] = [64, 64, 64, 64, 64, 64, 96, 128, 256];

    /// From an answer to select: `TL T0 …`, T0 present and its low half FSCI. Anything else, such as historical bytes
    /// alone, which some readers give instead, means the default of 64.
    pub fn from_ats(ats: &[u8]) -> Self {
        match ats {
            [length, format, ..] if usize::from(*length) == ats.len() => {
                Self(*Self::BY_FSCI.get(usize::from(format & 0x0F)).unwrap_or(&256))
            }
            _ => Self::default(),
        }
    }

    /// The most command data one APDU may carry: 54 bytes in frames of 64.
    pub const fn command_data(self) -> usize {
        (self.0 - Self::FRAME_OVERHEAD - Self::APDU_OVERHEAD) as usize
    }
}

/// Sixty-four, what every DESFire card takes.
impl Default for FrameSize {
    fn default() -> Self {
        Self(64)
    }
}

/// The way to the card, and what was last selected on it.
pub(crate) struct Link<'t> {
    transport: &'t mut dyn Transport,
    frame: FrameSize,
    pub(crate) selected: Aid,
}

/// The first answer of an authentication: there is a second step.
pub(crate) struct Challenge(pub(crate) Vec<u8>);

impl<'t> Link<'t> {
    pub(crate) fn new(transport: &'t mut dyn Transport, frame: FrameSize) -> Self {
        Self { transport, frame, selected: Aid::PICC }
    }

    /// Sends one command, in as many frames as it needs, and collects the answer's frames.
    pub(crate) fn exchange(&mut self, ins: u8, data: &[u8]) -> Result<Vec<u8>, Error> {
        let mut reply = self.send_frames(ins, data)?;
        let mut frames = 1;
        let mut collected = reply.data;
        while reply.state == State::More {
            if frames == MOST_FRAMES {
                return Err(Error::TooManyFrames(MOST_FRAMES));
            }
            reply = self.frame(MORE, &[])?;
            collected.extend_from_slice(&reply.data);
            frames += 1;
        }
        Ok(collected)
    }

    /// The first step of an authentication, which the card must answer with a challenge.
    pub(crate) fn challenge(&mut self, ins: u8, data: &[u8]) -> Result<Challenge, Error> {
        let reply = self.frame(ins, data)?;
        match reply.state {
            State::More => Ok(Challenge(reply.data)),
            State::Done => Err(Error::Malformed("an authentication ended without a challenge")),
        }
    }

    /// The second and last step of an authentication.
    pub(crate) fn answer(&mut self, data: &[u8]) -> Result<Vec<u8>, Error> {
        let reply = self.frame(MORE, data)?;
        match reply.state {
            State::Done => Ok(reply.data),
            State::More => Err(Error::Malformed("an authentication wants a third step")),
        }
    }

    /// One APDU for the reader itself (PC/SC part 3): the answer's data if it was granted.
    pub(crate) fn ask_reader(&mut self, apdu: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let mut response = match self.transport.transceive(apdu) {
            Err(satchel_transport::TransportError::Reader(_)) => return Ok(None),
            other => other?,
        };
        if response.len() > LONGEST_RESPONSE || !response.ends_with(&[0x90, 0x00]) {
            return Ok(None);
        }
        response.truncate(response.len() - 2);
        Ok(Some(response))
    }

    /// Sends all the data; only the last frame's reply has data of its own.
    fn send_frames(&mut self, ins: u8, data: &[u8]) -> Result<Reply, Error> {
        let mut rest = data;
        let mut ins = ins;
        while rest.len() > self.frame.command_data() {
            let (head, tail) = rest.split_at(self.frame.command_data());
            let reply = self.frame(ins, head)?;
            if reply.state == State::Done || !reply.data.is_empty() {
                return Err(Error::Malformed("the card answered before it had the whole command"));
            }
            (rest, ins) = (tail, MORE);
        }
        self.frame(ins, rest)
    }

    fn frame(&mut self, ins: u8, data: &[u8]) -> Result<Reply, Error> {
        let response = self.transport.transceive(&wrap(ins, data)?)?;
        let reply = unwrap(response);
        match &reply {
            Ok(reply) => log::trace!("command {ins:02X}: {} bytes, {:?}", reply.data.len(), reply.state),
            Err(error) => log::debug!("command {ins:02X}: {error}"),
        }
        reply
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Done,
    More,
}

struct Reply {
    state: State,
    data: Vec<u8>,
}

fn wrap(ins: u8, data: &[u8]) -> Result<Vec<u8>, Error> {
    let length = u8::try_from(data.len()).map_err(|_| Error::Invalid("more than 255 bytes in one frame"))?;
    let mut apdu = Vec::with_capacity(data.len() + 6);
    apdu.extend_from_slice(&[WRAPPED, ins, 0, 0]);
    if length > 0 {
        apdu.push(length);
        apdu.extend_from_slice(data);
    }
    apdu.push(0);
    Ok(apdu)
}

fn unwrap(mut response: Vec<u8>) -> Result<Reply, Error> {
    if response.len() > LONGEST_RESPONSE {
        return Err(Error::Length { expected: LONGEST_RESPONSE, got: response.len() });
    }
    let (Some(second), Some(first)) = (response.pop(), response.pop()) else {
        return Err(Error::Malformed("it has no status word"));
    };
    match (first, second) {
        (STATUS_CLASS, OK) => Ok(Reply { state: State::Done, data: response }),
        (STATUS_CLASS, MORE) => Ok(Reply { state: State::More, data: response }),
        (STATUS_CLASS, code) => Err(Status::from_code(code).map_or(Error::UnknownStatus(first, second), Error::Card)),
        _ => Err(Error::UnknownStatus(first, second)),
    }
}

/// The answer if it has exactly `N` bytes.
pub(crate) fn exactly<const N: usize>(data: &[u8]) -> Result<[u8; N], Error> {
    data.try_into().map_err(|_| Error::Length { expected: N, got: data.len() })
}

/// A number of three bytes, little-endian, as offsets and lengths travel.
pub(crate) fn three_bytes(number: u32) -> Result<[u8; 3], Error> {
    match number.to_le_bytes() {
        [low, middle, high, 0] => Ok([low, middle, high]),
        _ => Err(Error::Invalid("an offset or length has at most three bytes")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_size_comes_from_the_ats_and_from_nothing_else() {
        assert_eq!(FrameSize::from_ats(&[0x06, 0x75, 0x77, 0x81, 0x02, 0x80]).command_data(), 54);
        assert_eq!(FrameSize::from_ats(&[0x06, 0x78, 0x77, 0x81, 0x02, 0x80]).command_data(), 246);
        assert_eq!(FrameSize::from_ats(&[0x02, 0x00]).command_data(), 54);
        assert_eq!(FrameSize::from_ats(&[0x02, 0x0F]).command_data(), 246);
        for historical in [&[0x80][..], &[], &[0x06], &[0x01], &[0x06, 0x78]] {
            assert_eq!(FrameSize::from_ats(historical), FrameSize::default());
        }
    }

    #[test]
    fn a_command_without_data_has_no_length_byte() {
        assert_eq!(wrap(0x60, &[]).expect("no data fits"), [0x90, 0x60, 0, 0, 0]);
        assert_eq!(wrap(0x5A, &[1, 2, 3]).expect("three bytes fit"), [0x90, 0x5A, 0, 0, 3, 1, 2, 3, 0]);
        assert!(matches!(wrap(0x5A, &[0; 256]), Err(Error::Invalid(_))));
    }

    #[test]
    fn numbers_beyond_three_bytes_are_not_sent() {
        assert_eq!(three_bytes(0x00_01_02_03).expect("three bytes"), [3, 2, 1]);
        assert!(matches!(three_bytes(0x0100_0000), Err(Error::Invalid(_))));
    }
}
