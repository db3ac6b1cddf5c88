package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.iommu4j.api.IommuException;
import org.junit.jupiter.api.function.Executable;

/** Calls that are refused. */
final class Failures {
    private Failures() {
    }

    static IommuException refusal(Executable call) {
        return assertThrows(IommuException.class, call);
    }
}
