/// Makes a function remember its results.
///
/// ```
/// use gencache::{args, wrap, Cache};
///
/// fn render(user_id: i64, page: &str) -> String {
///     format!("<h1>{page} of user {user_id}</h1>")
/// }
///
/// # fn main() -> Result<(), gencache::Error> {
/// let cache = Cache::open("memory://")?;
/// let page = wrap!(cache, ["nav", "nav_portal:user_id"], |user_id: i64, page: &str, #[exclude] trace: bool| -> String {
///     if trace {
///         println!("computing {page} of user {user_id}");
///     }
///     render(user_id, page)
/// })?;
/// page.call(1, "home", true)?; // computed, then remembered
/// page.invalidate(args! {user_id: 1})?; // everything that depends on nav_portal:user_id=1
/// # assert!(page.key(1, "home")?.ends_with(",page=\"home\""));
/// # Ok(())
/// # }
/// ```
///
/// It takes a cache, with [options](crate::Cache::with_options) if you like; generations, each argument of which must be a
/// parameter; and a function that is written like a closure, with all types. What it returns is a value or a `Result`
/// of one, as a computation of [`Cache::fetch`](crate::Cache::fetch) does. A parameter is part of the key by its name, so its type must be
/// [`Store`](crate::Store), unless it is marked `#[exclude]`, as one that makes no difference to the result, a database handle, say.
/// `|#[filling] name, …|` gives the function a [`Filling`](crate::Filling) under this name, to depend on more generations.
///
/// The place of the macro is part of the key, `module.function:line`, so that two functions with the same generations
/// have different values. A program in which lines have moved starts with new ones; see `without_place`, `version`.
///
/// A variable that the function captures is no part of the key: `|x: i64| -> i64 { x * n }` has one value for all `n`.
/// Make it a parameter, or give it to `version`. Two `wrap!` on one line share their place, and so do those that one call
/// of a `macro_rules!` writes: give each a `version` of its own.
///
/// # What it gives
/// A `Result` of an object, to be shared by threads if the function may, with these methods; `…` are the function's
/// parameters, `arguments` are some of them by name, `args! {user_id: 1}`.
///
/// | method | does |
/// |---|---|
/// | `call(…)` | gives the result, from the cache or computed and stored: see [`Cache::fetch`](crate::Cache::fetch) |
/// | `refresh(…)` | computes the result anew and stores it, whatever is in the cache |
/// | `key(…)` | tells the readable key; without excluded parameters |
/// | `delete(…)` | deletes this one result; without excluded parameters |
/// | `invalidate(arguments)` | invalidates those generations that the arguments name; without arguments, the static ones |
/// | `invalidate_soft(arguments)` | the same, softly |
///
/// and, to be called first, as they take the object and give it back:
///
/// | method | does |
/// |---|---|
/// | `version("2")` | makes the version part of the key: a new version, new values |
/// | `without_place()` | leaves the place out of the key, for values that other programs shall find |
/// | `ignore_if(closure)` | asks the closure at each call whether to compute without the cache |
/// | `ignore_locally()` | computes without the cache where `$GENCACHE_LOCAL` is set, and not to 0 |
///
/// # A type with a name
/// The type of that object has no name. Where it needs one, as a field of a struct does, declare it, and give it the
/// function by `new`; the name and the place of the declaration are part of the key.
///
/// ```
/// use gencache::{wrap, Cache};
///
/// wrap! {
///     /// The page of a user, as HTML.
///     pub struct Page(user_id: i64, page: &str) -> Result<String, gencache::Error>;
/// }
///
/// struct Site {
///     page: Page,
/// }
///
/// # fn main() -> Result<(), gencache::Error> {
/// let cache = Cache::open("memory://")?;
/// let page = Page::new(&cache, ["nav", "nav_portal:user_id"], |id, page| Ok(format!("{page} of {id}")))?;
/// let site = Site { page };
/// assert_eq!("home of 1", site.page.call(1, "home")?);
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! wrap {
    // A type with a name.
    ($(#[$meta:meta])* $vis:vis struct $Name:ident($($parameters:tt)*) -> $result:ty;) => {
        $crate::__wrapped! {@split [$(#[$meta])* $vis struct $Name -> $result] [] [] [] $($parameters)*}
    };
    // A function in place.
    ($cache:expr, $generations:expr, |#[filling] $filling:ident $(, $(#[$mark:ident])? $name:ident: $type:ty)* $(,)?|
     -> $result:ty { $($body:tt)* } $(,)?) => {{
        $crate::__wrapped! {
            @split [struct Wrapped -> $result] [] [] []
            #[filling] $filling $(, $(#[$mark])? $name: $type)*
        }
        let function = |$filling: &mut $crate::Filling<'_>, $($name: $type),*| -> $result { $($body)* };
        Wrapped::with_place(&$cache, $generations, function, $crate::wrapped::function_of(&|| ()), line!())
    }};
    ($cache:expr, $generations:expr, |$($(#[$mark:ident])? $name:ident: $type:ty),* $(,)?|
     -> $result:ty { $($body:tt)* } $(,)?) => {{
        $crate::__wrapped! {@split [struct Wrapped -> $result] [] [] [] $($(#[$mark])? $name: $type),*}
        let function = |$($name: $type),*| -> $result { $($body)* };
        Wrapped::with_place(&$cache, $generations, function, $crate::wrapped::function_of(&|| ()), line!())
    }};

    ($cache:expr, $generations:expr, || -> $result:ty { $($body:tt)* } $(,)?) => {
        $crate::wrap!($cache, $generations, | | -> $result { $($body)* })
    };

    ($($other:tt)*) => {
        compile_error!(concat!(
            "wrap! takes a cache, generations, and a function with all types written out and a body in braces: ",
            "wrap!(cache, [\"nav\", \"nav_portal:user_id\"], |user_id: i64| -> String { render(user_id) })",
        ))
    };
}

/// What `wrap!` comes to.
#[doc(hidden)]
#[macro_export]
macro_rules! __wrapped {
    // The parameters, one by one: [what the type is] [the filling] [all parameters] [those in the key].
    (@split $what:tt [] [] [] #[filling] $filling:ident $(, $($more:tt)*)?) => {
        $crate::__wrapped! {@split $what [$filling: &mut $crate::Filling<'_>] [] [] $($($more)*)?}
    };
    (@split $what:tt $filling:tt [$($all:tt)*] $kept:tt #[exclude] $name:ident: $type:ty $(, $($more:tt)*)?) => {
        $crate::__wrapped! {@split $what $filling [$($all)* $name: $type,] $kept $($($more)*)?}
    };
    (@split $what:tt $filling:tt [$($all:tt)*] [$($kept:tt)*] $name:ident: $type:ty $(, $($more:tt)*)?) => {
        $crate::__wrapped! {@split $what $filling [$($all)* $name: $type,] [$($kept)* $name: $type,] $($($more)*)?}
    };

    (@split [$(#[$meta:meta])* $vis:vis struct $Name:ident -> $result:ty] [$($filling:ident: $filling_type:ty)?]
     [$($name:ident: $type:ty,)*] [$($kept:ident: $kept_type:ty,)*]) => {
        $(#[$meta])*
        $vis struct $Name<F = Box<dyn Fn($($filling_type,)? $($type),*) -> $result + Send + Sync>> {
            plan: $crate::wrapped::Plan,
            function: F,
        }

        #[allow(dead_code)]
        impl $Name {
            /// Wraps `function`; the generations are what its results depend on.
            ///
            /// # Errors
            /// `ErrorKind::Argument` where a generation names what is no parameter.
            $vis fn new(
                cache: &$crate::Cache,
                generations: impl $crate::Generations,
                function: impl Fn($($filling_type,)? $($type),*) -> $result + Send + Sync + 'static,
            ) -> ::std::result::Result<Self, $crate::Error> {
                Self::with_place(cache, generations, Box::new(function), stringify!($Name), line!())
            }
        }

        #[allow(dead_code)]
        impl<F: Fn($($filling_type,)? $($type),*) -> $result> $Name<F> {
            fn with_place(
                cache: &$crate::Cache,
                generations: impl $crate::Generations,
                function: F,
                name: &str,
                line: u32,
            ) -> ::std::result::Result<Self, $crate::Error> {
                let place = format!("{}.{}:{}", module_path!(), name, line);
                let plan = $crate::wrapped::Plan::new(cache, generations, &[$(stringify!($kept)),*], place)?;
                Ok($Name { plan, function })
            }

            /// Makes the version part of the key: a new version, new values.
            $vis fn version(self, version: &str) -> Self {
                $Name { plan: self.plan.version(version), ..self }
            }

            /// Leaves the place out of the key, for values that other programs shall find.
            $vis fn without_place(self) -> Self {
                $Name { plan: self.plan.without_place(), ..self }
            }

            /// Asks `condition` at each call whether to compute without the cache.
            $vis fn ignore_if(self, condition: impl Fn() -> bool + Send + Sync + 'static) -> Self {
                $Name { plan: self.plan.ignore_if(condition), ..self }
            }

            /// Computes without the cache where `$GENCACHE_LOCAL` is set, and not to 0.
            $vis fn ignore_locally(self) -> Self {
                $Name { plan: self.plan.ignore_locally(), ..self }
            }

            /// The result, from the cache or computed and stored.
            ///
            /// # Errors
            /// The function's own, untouched, and those of `Cache::fetch`.
            $vis fn call(&self, $($name: $type),*) -> $crate::wrapped::Called<$result> {
                let turn = self.plan.turn::<$result>(&mut $crate::__wrapped!(@args $($kept)*))?;
                $crate::__wrapped! {@compute self turn [$($filling)?] $($name)*}
            }

            /// Computes the result anew and stores it, whatever is in the cache.
            ///
            /// # Errors
            /// As `call`.
            $vis fn refresh(&self, $($name: $type),*) -> $crate::wrapped::Called<$result> {
                let turn =
                    self.plan.refreshing_turn::<$result>(&mut $crate::__wrapped!(@args $($kept)*))?;
                $crate::__wrapped! {@compute self turn [$($filling)?] $($name)*}
            }

            /// The readable key of a result.
            ///
            /// # Errors
            /// `ErrorKind::Argument`.
            $vis fn key(&self, $($kept: $kept_type),*) -> ::std::result::Result<String, $crate::Error> {
                self.plan.key(&mut $crate::__wrapped!(@args $($kept)*))
            }

            /// Deletes one result.
            ///
            /// # Errors
            /// As `Cache::delete`.
            $vis fn delete(&self, $($kept: $kept_type),*) -> ::std::result::Result<(), $crate::Error> {
                self.plan.delete(&mut $crate::__wrapped!(@args $($kept)*))
            }

            /// Invalidates those generations that the arguments name; without arguments, the static ones.
            ///
            /// # Errors
            /// As `Bound::invalidate`.
            $vis fn invalidate(&self, arguments: &[$crate::Arg<'_>]) -> ::std::result::Result<(), $crate::Error> {
                self.plan.bound().invalidate(arguments)
            }

            /// Like `invalidate`, softly.
            ///
            /// # Errors
            /// As `Bound::invalidate`.
            $vis fn invalidate_soft(&self, arguments: &[$crate::Arg<'_>]) -> ::std::result::Result<(), $crate::Error> {
                self.plan.bound().invalidate_soft(arguments)
            }
        }
    };

    (@args $($kept:ident)*) => {
        [$crate::wrapped::own(), $crate::wrapped::own(), $($crate::wrapped::part(stringify!($kept), &$kept)?,)*]
    };

    (@compute $self:ident $turn:ident [] $($name:ident)*) => {
        $turn.value_or_compute(|_| ($self.function)($($name),*))
    };
    (@compute $self:ident $turn:ident [$filling:ident] $($name:ident)*) => {
        $turn.value_or_compute(|$filling| ($self.function)($filling, $($name),*))
    };
}
