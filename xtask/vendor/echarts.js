// The part of ECharts that ML Hub draws with: canvas, and the series of the run,
// evaluation, profile and compare pages. Every further series costs every reader bytes.
import * as core from "echarts/core";
import {
  BoxplotChart, BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart,
} from "echarts/charts";
import {
  AriaComponent, AxisPointerComponent, DataZoomComponent, DatasetComponent, GridComponent,
  LegendComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, ParallelComponent,
  TooltipComponent, VisualMapComponent,
} from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

core.use([
  BoxplotChart, BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart,
  AriaComponent, AxisPointerComponent, DataZoomComponent, DatasetComponent, GridComponent,
  LegendComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, ParallelComponent,
  TooltipComponent, VisualMapComponent, CanvasRenderer,
]);

const { init, connect, disconnect, dispose, getInstanceByDom, registerTheme, version } = core;
globalThis.echarts = {
  init, connect, disconnect, dispose, getInstanceByDom, registerTheme, version,
};
