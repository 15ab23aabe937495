use crate::Error;

/// Takes an answer apart, field by field, to its last byte.
pub(crate) struct Fields<'d> {
    whole: usize,
    rest: &'d [u8],
}

impl<'d> Fields<'d> {
    pub(crate) const fn new(data: &'d [u8]) -> Self {
        Self { whole: data.len(), rest: data }
    }

    /// The next `N` bytes.
    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let taken = self.whole - self.rest.len();
        let (field, rest) =
            self.rest.split_first_chunk().ok_or(Error::Length { expected: taken + N, got: self.whole })?;
        self.rest = rest;
        Ok(*field)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Error> {
        self.take().map(|[byte]| byte)
    }

    pub(crate) fn three(&mut self) -> Result<u32, Error> {
        self.take().map(|[low, middle, high]| u32::from_le_bytes([low, middle, high, 0]))
    }

    pub(crate) fn signed(&mut self) -> Result<i32, Error> {
        self.take().map(i32::from_le_bytes)
    }

    /// Whether anything is left.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// An error if anything is left.
    pub(crate) const fn end(self) -> Result<(), Error> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(Error::Length { expected: self.whole - self.rest.len(), got: self.whole })
    }
}
