// A chart as an SVG file, drawn without a browser.
import type { EChartsOption } from 'echarts';

export interface ChartSize {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Text of the file. Whoever does not draw does not load the library. */
export const renderSvg = async (option: EChartsOption, { width, height }: ChartSize): Promise<string> => {
  const { init } = await import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
};
