package org.iommu4j.tck.law.identity;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Stage;

/** The way into the identity domain, which not every unit has. */
final class Identity {
    private Identity() {
    }

    /** @throws NotApplicable if the unit cannot let requests pass */
    static void enter(Stage stage, Mover mover) {
        try {
            stage.move(mover.device().group(), stage.bench().iommu().identity());
        } catch (IommuException e) {
            if (e.reason() == Reason.NOT_SUPPORTED) {
                throw new NotApplicable(e.getMessage());
            }
            throw e;
        }
    }
}
