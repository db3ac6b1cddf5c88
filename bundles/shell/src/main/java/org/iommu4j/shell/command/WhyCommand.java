package org.iommu4j.shell.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.shell.answer.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "why", description = "Say why a unit is in the state it is in: what was tried with which driver, and "
        + "what is waited for.")
final class WhyCommand extends MachineQuery {
    @Parameters(index = "0", paramLabel = "UNIT", description = "name of the unit, as `units` shows it")
    private String unit;

    WhyCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        checkMachine();
        UnitReport report = find();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("machine", report.machine());
        object.put("unit", report.name());
        object.put("state", report.state());
        object.put("driver", report.driver());
        object.put("why", report.why());
        return Answer.of(report.machine() + " " + report.name() + " is " + report.state()
                + report.why().stream().map(sentence -> "\n    " + sentence).collect(Collectors.joining()), object);
    }

    private UnitReport find() {
        List<UnitReport> all = services.status().units().stream().filter(each -> wanted(each.machine())).toList();
        List<UnitReport> found = all.stream().filter(each -> each.name().equals(unit)).toList();
        if (found.isEmpty()) {
            throw IommuException.of(Reason.NO_DEVICE, "no unit '%s'; there are %s", unit,
                    all.stream().map(UnitReport::name).toList());
        }
        if (found.size() > 1) {
            throw IommuException.of(Reason.INCOMPATIBLE, "machines %s have a unit '%s' each: say --machine",
                    found.stream().map(UnitReport::machine).toList(), unit);
        }
        return found.get(0);
    }
}
