package org.iommu4j.tck.stage;

import java.util.Arrays;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.tck.kit.Broken;

/** Calls that must be refused. */
public final class Refusal {
    private Refusal() {
    }

    /** @throws Broken unless the call is refused with one of the reasons */
    public static void of(String what, Runnable call, Reason... reasons) {
        try {
            call.run();
        } catch (IommuException e) {
            Broken.unless(Arrays.asList(reasons).contains(e.reason()), what, Arrays.toString(reasons), e);
            return;
        }
        throw new Broken(what, Arrays.toString(reasons), "no error");
    }
}
