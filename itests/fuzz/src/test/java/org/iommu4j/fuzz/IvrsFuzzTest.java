package org.iommu4j.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;

class IvrsFuzzTest {
    @FuzzTest(maxDuration = "20s")
    void anyBytesEndInAnAnswerOrATypedError(byte[] bytes) {
        Readers.ivrs(bytes);
    }
}
