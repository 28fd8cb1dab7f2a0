import CVectorKernels
import Glibc

@testable import VectorIndex

extension InstructionSet {
    /// The functions of this instruction set, which must be available.
    var kernels: mk_kernels {
        let code: mk_instruction_set =
            switch self {
            case .scalar: .MK_SCALAR
            case .avx2: .MK_AVX2
            case .avx512: .MK_AVX512
            case .neon: .MK_NEON
            }
        guard let table = mk_kernels_for(code) else {
            preconditionFailure("this processor lacks the instructions asked for")
        }
        return table.pointee
    }
}

/// Memory that ends where a page begins that may not be touched, so that a read past the end faults.
///
/// Pointers into it hold only while it lives: its user extends its lifetime past the last of them.
final class GuardedMemory {
    private let start: UnsafeMutableRawPointer
    private let bytes: Int
    private let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    init(bytes wanted: Int) {
        bytes = (wanted + page - 1) / page * page
        let mapped = mmap(nil, bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped, mapped != MAP_FAILED, mprotect(mapped + bytes, page, PROT_NONE) == 0 else {
            preconditionFailure("no memory for a guarded page")
        }
        start = mapped
    }

    deinit {
        munmap(start, bytes + page)
    }

    /// Copies `elements` to the very end of the memory; overwritten by the next call.
    func place<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        precondition(elements.count * MemoryLayout<Element>.stride <= bytes)
        let address = start + bytes - elements.count * MemoryLayout<Element>.stride
        let base = address.assumingMemoryBound(to: Element.self)
        for (i, element) in elements.enumerated() { base[i] = element }
        return base
    }
}
