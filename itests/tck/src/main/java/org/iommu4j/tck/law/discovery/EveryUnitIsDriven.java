package org.iommu4j.tck.law.discovery;

import java.util.List;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class EveryUnitIsDriven implements Law {
    @Override
    public String demands() {
        return "Every unit that firmware tells of has a driver in charge, which says who it is and what "
                + "the unit can do.";
    }

    @Override
    public void check(Stage stage) {
        List<UnitReport> units = stage.bench().units();
        Broken.unless(!units.isEmpty(), "units", "at least one", "none");
        for (UnitReport unit : units) {
            Broken.unlessEqual("state of " + unit.name(), UnitState.DRIVEN, unit.state());
            Broken.unless(!unit.driver().isEmpty(), "driver of " + unit.name(), "a name", "none");
            Broken.unless(!unit.capabilities().isEmpty(), "capabilities of " + unit.name(), "a line", "nothing");
        }
    }
}
