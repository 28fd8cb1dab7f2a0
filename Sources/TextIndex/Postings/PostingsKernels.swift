import CVectorKernels

/// The kernels over postings that this process uses, chosen once.
enum PostingsKernels {
    static let best = mk_postings_best().pointee
}
