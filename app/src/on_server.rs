//! What only the server does.

/// The body of a function that brings the data of a page. Pages are drawn by the server alone, so
/// the browser never comes here: its build knows neither the body nor what it uses, and there is no
/// address under which it could be called.
#[cfg(feature = "ssr")]
macro_rules! on_server {
    ($body:block) => {
        $body
    };
}

#[cfg(not(feature = "ssr"))]
macro_rules! on_server {
    ($body:block) => {
        unreachable!("the server draws the pages")
    };
}
