package org.iommu4j.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;

class IortFuzzTest {
    @FuzzTest(maxDuration = "20s")
    void anyBytesEndInAnAnswerOrATypedError(byte[] bytes) {
        Readers.iort(bytes);
    }
}
