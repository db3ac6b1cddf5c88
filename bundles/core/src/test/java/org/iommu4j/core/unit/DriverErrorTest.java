package org.iommu4j.core.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;

class DriverErrorTest {
    @Test
    void whateverADriverSaysIsOneLine() {
        IommuException said = new IommuException(Reason.BAD_INPUT, "too\n  old\r\nfor me\n");
        IommuException refusal = DriverError.text(said, "here");
        assertEquals("BAD_INPUT: too old for me", refusal.toString());
        assertEquals("IO: here failed: java.lang.IllegalStateException: two lines",
                DriverError.text(new IllegalStateException("two\nlines"), "here").toString());
    }

    @Test
    void nothingOfWhatWasThrownStaysReachable() {
        assertNull(DriverError.text(new IommuException(Reason.IO, "x", new Error()), "here").getCause());
        assertNull(DriverError.text(new Error("x", new Error()), "here").getCause());
        assertEquals("IO: no message", DriverError.text(new IommuException(Reason.IO, null), "here").toString());
    }
}
