use crate::{Clock, Trouble};
use satchel_values::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The app's clock, asked once at the beginning of each call: no call crosses to the app for the time in the middle of a
/// tap, and a clock that fails is told before anything is done.
pub(crate) struct CallClock {
    app: Arc<dyn Clock>,
    shown: Shown,
}

/// What the clock showed when the call began.
#[derive(Clone)]
pub(crate) struct Shown(Arc<AtomicI64>);

impl CallClock {
    pub(crate) fn new(app: Arc<dyn Clock>) -> Self {
        Self { app, shown: Shown(Arc::new(AtomicI64::new(0))) }
    }

    /// Asks the app.
    pub(crate) fn read(&self) -> Result<Timestamp, Trouble> {
        let shown_ms = self.app.now_ms()?;
        self.shown.0.store(shown_ms, Ordering::SeqCst);
        Ok(Timestamp::from_ms(shown_ms))
    }

    /// The clock for a terminal.
    pub(crate) fn shown(&self) -> Box<dyn satchel_values::Clock> {
        Box::new(self.shown.clone())
    }
}

impl satchel_values::Clock for Shown {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::SeqCst))
    }
}
