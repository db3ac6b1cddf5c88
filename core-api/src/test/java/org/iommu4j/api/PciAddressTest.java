package org.iommu4j.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PciAddressTest {
    @Test
    void theRequesterIdPacksBusDeviceAndFunction() {
        PciAddress address = PciAddress.parse("0001:04:1f.2");
        assertEquals(1, address.segment());
        assertEquals(0x04FA, address.rid());
        assertEquals("0001:04:1f.2", address.toString());
        assertEquals(PciAddress.of(1, 4, 31, 2), address);
    }

    @Test
    void theSegmentMayBeLeftOut() {
        assertEquals(new PciAddress(0, 0x0028), PciAddress.parse("00:05.0"));
    }

    @Test
    void addressesSortBySegmentThenRequesterId() {
        assertTrue(PciAddress.parse("0000:ff:1f.7").compareTo(PciAddress.parse("0001:00:00.0")) < 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "00:20.0", "100:00.0", "00:00.8", "0:0:0:0.0", "zz:00.0", "00:-1.0"})
    void whatIsNoAddressIsRefusedWithItsText(String text) {
        IommuException refused = assertThrows(IommuException.class, () -> PciAddress.parse(text));
        assertEquals(Reason.INCOMPATIBLE, refused.reason());
    }
}
