//! The policy as it is lived.
//!
//! | file | what |
//! | --- | --- |
//! | `world` | a private project with everything in it, and everybody who may ask |
//! | `asked` | how each line of the table is asked for |
//! | `matrix` | who is answered what; `server/tests/policy.txt` |

mod asked;
mod matrix;
mod world;
