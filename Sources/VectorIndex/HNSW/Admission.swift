/// A filter as the inner loops want it: known at compile time.
protocol Admission {
    func admits(_ id: UInt64) -> Bool
}

extension IDBitmap: Admission {
    func admits(_ id: UInt64) -> Bool { contains(id) }
}

/// A filter that is a function.
struct PredicateAdmission: Admission {
    let predicate: (UInt64) -> Bool
    func admits(_ id: UInt64) -> Bool { predicate(id) }
}

/// No filter.
struct Everything: Admission {
    func admits(_ id: UInt64) -> Bool { true }
}
