use crate::{Transport, TransportError, command_name};

/// Logs every exchange at debug level. Nothing that travels reaches a log line: only a command's name, lengths and the
/// status word do.
pub struct Trace<T> {
    inner: T,
    exchange: u32,
}

impl<T: Transport> Trace<T> {
    /// Traces what goes through `inner`.
    pub const fn new(inner: T) -> Self {
        Self { inner, exchange: 0 }
    }
}

impl<T: Transport> Transport for Trace<T> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.exchange = self.exchange.saturating_add(1);
        let name = command_name(command);
        let answer = self.inner.transceive(command);
        match &answer {
            Ok(response) => {
                let (data, status) = response.split_at(response.len().saturating_sub(2));
                let status = hex::encode_upper(status);
                log::debug!("#{} {name}: {} B out, {} B in, {status}", self.exchange, command.len(), data.len());
            }
            Err(error) => log::debug!("#{} {name}: {} B out, {error}", self.exchange, command.len()),
        }
        answer
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        log::debug!("field off and on");
        self.inner.reset()
    }
}
