package org.iommu4j.replay.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class ByteNamesTest {

    private final ByteNames names = new ByteNames();

    @Test
    void aNameKeepsItsNumberAndItsString() {
        for (int i = 0; i < 3000; i++) {
            assertEquals(i, names.number("name" + i));
        }
        for (int i = 0; i < 3000; i++) {
            assertEquals(i, names.number("name" + i));
            assertEquals("name" + i, names.name(i));
        }
        byte[] text = "xname7y".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertSame(names.name(7), names.string(text, 1, 6));
    }

    @Test
    void garbageCannotFillTheMemory() {
        for (int i = 0; i < 100_000; i++) {
            names.number("garbage" + i);
        }
        assertEquals(4097, names.size());
        assertEquals("(other)", names.name(names.number("one more")));
    }
}
